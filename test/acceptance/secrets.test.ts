import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadShop } from '../../support/shop.ts'
import { Site } from '../cli/site.ts'
import { processes } from '../support/processes.ts'

/** Each must come through a URL, a password file and a SCRAM exchange unharmed. */
const AWKWARD: Record<string, string> = {
  'all printable ASCII': String.fromCharCode(...Array.from({ length: 95 }, (_, at) => 32 + at)),
  'what shells and URLs read': `canary $(id) \`id\` ;|&<> "' %41 %2F ?#@:/ \\`,
  'what password files read': 'canary:*:\\:\\\\:#',
  'not ASCII': 'canary pässwörd ключ 密码 \u{1f418}',
  'what SASLprep changes': 'canary ﬁ ① \u00a0 \u00ad é',
}
const PASSPHRASE = 'canary "passphrase" \\ %41 $HOME äöü'
const WRONG = 'canary wrong password'

describe('secrets', () => {
  let site: Site
  let tmp: string
  /** Opens the repository faster than the passphrase, where that is not what is looked for. */
  let recoveryKey: string
  before(async () => {
    site = await Site.open()
    tmp = join(site.dir, 'tmp')
    mkdirSync(tmp)
    site.env = { ...site.env, HOLDFAST_PASSPHRASE: PASSPHRASE, TMPDIR: tmp }
    await loadShop(site.server, 'shop', 0.002)
    recoveryKey = (await site.json<{ recoveryKey: string }>(0, ['init'])).recoveryKey
  })
  after(() => site.close())

  /** The URL of a login that has this password, on the server that asks for it by SCRAM. */
  async function loginWith(password: string): Promise<(database: string) => string> {
    const name = `login_${Buffer.from(password).toString('hex').slice(0, 40)}`
    const literal = `'${password.replaceAll("'", "''")}'`
    await site.server.query(
      'postgres',
      `set standard_conforming_strings = on; create role ${name} superuser login password ${literal}`,
    )
    return database => {
      const url = new URL(site.server.url(database))
      url.username = name
      url.password = ''
      return url.href.replace(`${name}@`, `${name}:${encodeURIComponent(password)}@`)
    }
  }

  let copies = 0
  for (const [what, password] of Object.entries(AWKWARD)) {
    test(`a password of ${what} is taken literally`, async () => {
      const login = await loginWith(password)
      copies += 1
      const urls = { SHOP: login('shop'), COPY: login(`copy${copies}`) }
      const env = { ...urls, HOLDFAST_RECOVERY_KEY: recoveryKey }
      await site.expect(0, ['backup', '--source', 'env:SHOP'], env)
      await site.expect(0, ['restore', 'latest', '--target', 'env:COPY'], env)
      await site.expect(0, ['verify', 'latest', '--against', 'env:COPY'], env)
      assertUnprinted(password)
    })
  }

  test('a URL without a password has it of PGPASSWORD or a password file, as PostgreSQL’s programs', async () => {
    const password = 'canary-pg: \\ 7d'
    const login = await loginWith(password)
    const bare = (database: string) => {
      const url = new URL(login(database))
      url.password = ''
      return url.href
    }
    const urls = { HOLDFAST_RECOVERY_KEY: recoveryKey, SHOP: bare('shop'), COPY: bare('by_file') }
    const own = { ...urls, PGPASSWORD: password }
    await site.expect(0, ['backup', '--source', 'env:SHOP'], own)
    const file = join(site.dir, 'passwords')
    writeFileSync(file, '*:*:*:*:canary-pg\\: \\\\ 7d\n', { mode: 0o600 })
    const kept = { ...urls, PGPASSFILE: file }
    await site.expect(0, ['restore', 'latest', '--target', 'env:COPY'], kept)
    // What the URL says goes before.
    const wrong = { ...own, SHOP: login('shop'), PGPASSWORD: WRONG }
    await site.expect(0, ['verify', 'latest', '--against', 'env:SHOP'], wrong)
    assertUnprinted(password)
  })

  test('are in no command line and in no environment of a tool', async () => {
    const password = 'canary-1f0c'
    const login = await loginWith(password)
    const env = { SHOP: login('shop'), COPY: login('watched') }
    const watch = watchProcesses(site.server.port)
    await site.json(0, ['backup', '--source', 'env:SHOP'], env)
    await site.json(0, ['restore', 'latest', '--target', 'env:COPY'], env)
    await site.json(0, ['verify', 'latest', '--against', 'env:SHOP'], env)
    const seen = await watch.end()
    for (const tool of ['pg_dump --format', 'pg_dumpall --globals', 'pg_restore --dbname']) {
      assert.ok(
        [...seen.commands].some(one => one.includes(tool)),
        `${tool} was not met`,
      )
    }
    for (const text of [...seen.commands, ...seen.environments]) assertHidden(text, password)
    assertUnprinted(password)
  })

  test('are in no error, not even with the stack of one', async () => {
    const url = new URL(site.server.url('shop'))
    url.password = encodeURIComponent(WRONG)
    const nowhere = `postgres://someone:${encodeURIComponent(WRONG)}@127.0.0.1:1/shop`
    const malformed = `postgres://someone:${WRONG}@127.0.0.1:port/shop`
    for (const wrong of [url.href, nowhere, malformed]) {
      for (const more of [[], ['--json']]) {
        const env = { WRONG: wrong, HOLDFAST_DEBUG: '1' }
        const { code } = await site.run(['backup', '--source', 'env:WRONG', ...more], env)
        assert.ok(code === 1 || code === 2, `${code}`)
        await site.run(['backup', '--source', wrong, ...more], env)
      }
    }
    await site.expect(12, ['list', '--json'], { HOLDFAST_PASSPHRASE: WRONG, HOLDFAST_DEBUG: '1' })
    assertUnprinted(WRONG)
  })

  test('are in nothing that a backup holds or a command leaves', async () => {
    const { backup, ...rest } = await site.json<{ backup: object }>(0, ['show', 'latest'])
    const globals = await site.expect(0, ['export', 'latest', '--stream', 'globals'])
    assert.match(globals, /CREATE ROLE login_[0-9a-f]+;[\s\S]*SCRAM-SHA-256\$/)
    for (const password of [...Object.values(AWKWARD), site.server.password ?? assert.fail()]) {
      assertHidden(JSON.stringify([backup, rest]) + globals, password)
    }
    assertUnprinted(site.server.password ?? assert.fail())
    assertUnprinted(PASSPHRASE)
    assert.deepEqual(readdirSync(tmp), [])
  })

  function assertUnprinted(secret: string): void {
    assert.ok(site.printed.length > 0)
    for (const text of site.printed) assertHidden(text, secret)
  }
})

/** As it is, as JSON writes it, and as a URL writes it. */
function assertHidden(text: string, secret: string): void {
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
    assert.ok(!text.includes(form), text)
  }
}

/** Looks at every process of the machine, and at the environments of those that work on this server. */
function watchProcesses(port: number) {
  const commands = new Set<string>()
  const environments = new Set<string>()
  const over = new AbortController()
  const done = (async () => {
    while (!over.signal.aborted) {
      for (const { cmdline, environ } of processes()) {
        commands.add(cmdline)
        if (environ.includes(`PGPORT=${port}`)) environments.add(environ)
      }
      await sleep(2)
    }
  })()
  return {
    end: async () => {
      over.abort()
      await done
      return { commands, environments }
    },
  }
}
