import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { TOTP } from 'otpauth'
import { Client } from 'pg'
import { startPostgres } from '../../support/postgres.ts'
import { eventually, newDataDir, startServer, sweep } from '../support/server.ts'
import { Viewer } from '../support/viewer.ts'
import {
  ended,
  note,
  perform,
  readable,
  Scene,
  type Step,
  secret,
  secrets,
} from './canary-scene.ts'

const LOGIN = 'ann@example.org'
const passwords = { admin: '', second: '' }

/**
 * What is done with every secret field there is, in an order in which it works. A field that is new gets a line:
 * `secret('its name')` where it is given, or its path among what an answer teaches.
 */
const STEPS: Record<string, Step> = {
  'the set-up token and the first password': async scene => {
    passwords.admin = secret('the first password')
    const person = { email: LOGIN, name: 'Ann', password: passwords.admin }
    await scene.refuse('POST /setup', { ...person, token: secret('a wrong set-up token') })
    const token = secrets.get('the set-up token')
    await scene.send('POST /setup', { ...person, token })
    await scene.refuse('POST /account/login', {
      email: LOGIN,
      password: secret('a wrong password'),
    })
    await scene.send('POST /account/login', { email: LOGIN, password: passwords.admin })
    assert.notEqual(scene.cookie, '')
  },
  'changed passwords and proofs': async scene => {
    await scene.refuse('POST /account/prove', { password: secret('a wrong proof') })
    await scene.send('POST /account/prove', { password: passwords.admin })
    const newPassword = secret('a changed password')
    await scene.send('POST /account/password', { password: passwords.admin, newPassword })
    await scene.refuse('POST /account/password', { password: newPassword, newPassword: 'x' })
    passwords.admin = newPassword
    await scene.send('GET /account/sessions')
  },
  'the second factor': async scene => {
    const offer = await scene.send<{ uri: string; secret: string }>(
      'POST /account/two-factor',
      undefined,
      ['secret', 'uri'],
    )
    const authenticator = new TOTP({ secret: offer.secret })
    const code = authenticator.generate()
    await scene.refuse('POST /account/two-factor/confirm', { code: '000000' })
    await scene.send('POST /account/two-factor/confirm', { code }, ['recoveryCodes'])
    const before = { email: LOGIN, password: passwords.admin }
    await scene.refuse('POST /account/login', before, ['challenge'])
    const [recovery = ''] = [...secrets].flatMap(([field, value]) =>
      field.startsWith('recoveryCodes') ? [value] : [],
    )
    await scene.send('POST /account/login', { ...before, code: recovery })
    await scene.send('GET /account')
  },
  'passwords of others, and invitations': async scene => {
    const other = { email: 'ben@example.org', name: 'Ben', role: 'viewer' }
    await scene.send('POST /users', { ...other, password: secret('a given password') })
    const { invitation } = await scene.send<{ invitation: { token: string } }>(
      'POST /users',
      { email: 'cem@example.org', name: 'Cem', role: 'viewer' },
      ['invitation.token'],
    )
    const password = secret('the password of somebody invited')
    const own = { cookie: scene.cookie }
    await scene.send('POST /account/invitation', { token: invitation.token, password })
    scene.cookie = own.cookie
    await scene.send('POST /users/ben@example.org/reset-password', {
      password: secret('a reset password'),
    })
    await scene.send('GET /users')
  },
  'API keys': async scene => {
    const made = await scene.send<{ secret: string }>('POST /api-keys', { name: 'program' }, [
      'secret',
    ])
    scene.key = secret('a wrong API key')
    await scene.refuse('GET /runs')
    scene.key = made.secret
    await scene.send('GET /api-keys')
    await scene.send('GET /runs')
  },
  'the password of a database, in a URL and in parts': async scene => {
    const password = secret('the password of a source')
    await scene.database.query(
      'postgres',
      `create role saver superuser login password '${password}'`,
    )
    const wrong = secret('a wrong password of a source')
    await scene.refuse('POST /sources/test', { url: scene.url('saver', wrong) })
    await scene.refuse('POST /sources/databases', { url: scene.url('saver', wrong) })
    await scene.refuse('POST /sources', { name: 'shop', url: `x${scene.url('saver', wrong)}` })
    await scene.send('POST /sources', { name: 'shop', url: scene.url('saver', password) })
    const parts = { engine: 'postgres', host: '127.0.0.1', port: scene.database.port }
    await scene.send('POST /sources', {
      name: 'parts',
      ...parts,
      database: 'shop',
      user: 'saver',
      password: secret('a password in parts'),
    })
    await scene.refuse('PATCH /sources/parts', { host: '127.0.0.2' })
    await scene.send('PATCH /sources/parts', { password })
    for (const name of ['shop', 'parts']) {
      await scene.send(`POST /sources/${name}/test`)
      await scene.send(`GET /sources/${name}`)
    }
    await scene.send('POST /sources/databases', { source: 'shop' })
  },
  'passphrase and recovery key of a repository': async scene => {
    const passphrase = secret('the passphrase of a repository')
    const url = `${scene.dir}-made`
    const made = await scene.send<{ recoveryKey: string }>(
      'POST /repositories/create',
      { name: 'made', url, passphrase },
      ['recoveryKey'],
    )
    await scene.refuse('POST /repositories/create', { name: 'again', url, passphrase })
    await scene.send('DELETE /repositories/made')
    await scene.refuse('POST /repositories', { name: 'a', url, passphrase: secret('a wrong one') })
    await scene.refuse('POST /repositories', {
      name: 'a',
      url,
      recoveryKey: secret('a wrong recovery key'),
    })
    await scene.send('POST /repositories', { name: 'main', url, recoveryKey: made.recoveryKey })
    await scene.send('GET /repositories/main/keys')
    await scene.send('GET /repositories/main')
  },
  'runs, whose programs work with these': async scene => {
    const holder = new Client({ connectionString: scene.database.url('shop') })
    await holder.connect()
    await holder.query('begin; lock table items in access exclusive mode')
    const { id = '' } = await scene.send('POST /runs', { kind: 'backup', source: 'shop' })
    try {
      await eventually('a pg_dump that waits', () => watchProcesses().has('pg_dump'))
    } finally {
      await holder.end()
    }
    assert.equal((await ended(scene, id)).state, 'completed')
    const backup = { source: 'shop', backup: 'latest' }
    const target = scene.url('saver', secrets.get('the password of a source') ?? '', 'copy')
    const restored = await perform(scene, { kind: 'restore', ...backup, target })
    assert.equal(restored.state, 'completed')
    const wrong = scene.url('saver', secret('a wrong password of a target'), 'copy2')
    assert.equal(
      (await perform(scene, { kind: 'restore', ...backup, target: wrong })).state,
      'failed',
    )
    assert.equal((await perform(scene, { kind: 'verify', ...backup })).state, 'completed')
    await scene.send('POST /repositories/main/check', {})
  },
  'links to download, and uploads': async scene => {
    const { token } = await scene
      .send('POST /backups/latest/downloads', {}, ['token'])
      .catch(async () => {
        const { backups } = await scene.send<{ backups: { id: string }[] }>('GET /backups')
        return await scene.send(`POST /backups/${backups[0]?.id}/downloads`, {}, ['token'])
      })
    await scene.refuse('POST /downloads', { token: secret('a wrong token') })
    await scene.send('POST /downloads', { token })
    await scene.refuse('POST /downloads', { token })
    await scene.refuse('POST /repositories/main/uploads?source=shop&name=x', new Uint8Array(100))
  },
  'what people read': async scene => {
    await scene.send('POST /schedules', { source: 'shop', repository: 'main', cron: '0 3 * * *' })
    for (const path of [
      'summary',
      'sources',
      'repositories',
      'schedules',
      'runs',
      'runs.csv',
      'runs/active',
      'stats',
      'backups',
      'locks',
      'settings',
      'audit?limit=200',
      'audit.csv',
      'audit.ndjson',
    ]) {
      await scene.send(`GET /${path}`)
    }
    const headers = { authorization: `Bearer ${scene.key}` }
    const metrics = await fetch(`http://127.0.0.1:${scene.server.port}/metrics`, { headers })
    assert.equal(metrics.status, 200)
    note('metrics', await metrics.text())
  },
}

/** Notes the command lines of all processes, and the environments of those that runs start; answers their names. */
function watchProcesses(): Set<string> {
  const names = new Set<string>()
  for (const dir of globSync('/proc/[0-9]*')) {
    try {
      const line = readFileSync(join(dir, 'cmdline'), 'utf8').replaceAll('\0', ' ')
      note('command lines', line)
      names.add(readFileSync(join(dir, 'comm'), 'utf8').trim())
      if (/runner\.ts|transfer\.ts|pg_dump|pg_restore/.test(line)) {
        note('environments of runs', readFileSync(join(dir, 'environ'), 'utf8'))
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return names
}

describe('S23: every secret that the server is told or tells', () => {
  let scene: Scene
  let viewer: Viewer
  before(async () => {
    const database = await startPostgres()
    for (const name of ['shop', 'catalog']) {
      await database.query('postgres', `create database ${name}`)
    }
    await database.query('shop', 'create table items as select generate_series(1, 1000) as id')
    const password = secret('the password of the catalog')
    await database.query('postgres', `create role keeper superuser login password '${password}'`)
    const server = await startServer(newDataDir(), {
      HOLDFAST_LOG_LEVEL: 'debug',
      HOLDFAST_PG_BIN: database.bin,
      HOLDFAST_DATABASE_URL: `postgres://keeper:${password}@127.0.0.1:${database.port}/catalog`,
      HOLDFAST_SETUP_TOKEN: secret('the set-up token'),
      HOLDFAST_REQUESTS_PER_MINUTE: '0',
      HOLDFAST_URL: 'http://127.0.0.1',
      HOLDFAST_OIDC_ISSUER: 'http://127.0.0.1:9',
      HOLDFAST_OIDC_CLIENT_ID: 'holdfast',
      HOLDFAST_OIDC_CLIENT_SECRET: secret('the secret of OpenID Connect'),
    })
    scene = new Scene(database, server)
    await server.ready()
    viewer = await new Viewer({ socket: server.socket }).ready()
  })
  after(async () => {
    viewer.close()
    await sweep(scene.server)
    await scene.database.stop()
  })

  for (const [what, step] of Object.entries(STEPS)) {
    test(`is used: ${what}`, async () => {
      const watching = setInterval(watchProcesses, 50)
      try {
        await step(scene)
      } finally {
        clearInterval(watching)
      }
    })
  }

  test('and is found nowhere else', async () => {
    await scene.refuse('GET /account/oidc/start')
    const { stdout } = await promisify(execFile)(
      join(scene.database.bin, 'pg_dump'),
      ['--inserts', '--dbname', 'catalog'],
      {
        env: {
          PGHOST: '127.0.0.1',
          PGPORT: String(scene.database.port),
          PGUSER: 'keeper',
          PGPASSWORD: secrets.get('the password of the catalog'),
        },
        maxBuffer: 2 ** 28,
      },
    )
    note('the catalog', stdout)
    note('live events', JSON.stringify(viewer.told))
    scene.server.child.kill('SIGTERM')
    assert.equal((await scene.server.ended).code, 0)
    note('the log', scene.server.stderr())
    assert.ok(viewer.told.length > 5 && scene.server.stderr().includes('"level":"debug"'))
    const places = [...readable.keys()].toSorted()
    assert.deepEqual(places, [
      'answers',
      'command lines',
      'environments of runs',
      'headers',
      'live events',
      'metrics',
      'the catalog',
      'the log',
    ])
    // Where a secret would be, what is none is found.
    for (const [where, word] of [
      ['answers', 'saver'],
      ['the catalog', LOGIN],
      ['the log', '/api/v1/account/login'],
      ['command lines', 'pg_dump'],
      ['live events', 'shop'],
      ['metrics', 'shop'],
      ['environments of runs', 'PGPASSFILE'],
    ] as const) {
      assert.ok(
        readable.get(where)?.some(text => text.includes(word)),
        `${word} in ${where}`,
      )
    }
    const found: string[] = []
    for (const [where, texts] of readable) {
      const whole = texts.join('\n')
      for (const [field, value] of secrets) {
        const forms = [
          value,
          encodeURIComponent(value),
          Buffer.from(value).toString('base64').slice(0, -3),
          Buffer.from(value).toString('hex'),
        ]
        const form = forms.find(one => one.length > 7 && whole.includes(one))
        if (form === undefined) continue
        const at = whole.indexOf(form)
        found.push(`${field} in ${where}: …${whole.slice(Math.max(0, at - 120), at + 60)}…`)
      }
    }
    assert.ok(secrets.size > 25, `${secrets.size} secrets`)
    assert.deepEqual(found, [])
  })
})
