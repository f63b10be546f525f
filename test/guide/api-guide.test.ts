import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import { Client } from 'pg'
import { freshDatabase } from '../../support/catalog.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { needPrograms } from '../../support/programs.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { eventually, newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'
import { guidePages, namesToSet, type Page, type Step } from './pages.ts'
import { difference, textFits } from './shape.ts'
import { Shell } from './shell.ts'

const CODE_SECONDS = 30

/** Somebody who follows the guide from its first page to its last, with a new server. */
class Reader {
  readonly #dir = tempDir()
  readonly #server: TestServer
  readonly #shell: Shell
  readonly #catalog: string
  #codes = 0

  private constructor(server: TestServer, catalog: string, env: Record<string, string>) {
    this.#server = server
    this.#catalog = catalog
    this.#shell = new Shell(this.#dir, tempDir(), { HOME: this.#dir, ...env })
    givePackage(this.#dir)
  }

  static async begin(firstPage: Page): Promise<Reader> {
    const { server: postgres, url } = await freshDatabase()
    const dataDir = newDataDir()
    const server = await startServer(dataDir, {
      HOLDFAST_DATABASE_URL: url,
      HOLDFAST_SECRET_KEY_FILE: join(dataDir, '..', 'secret.key'),
      HOLDFAST_PG_BIN: postgres.bin,
    })
    await server.ready()
    const link = /http:\/\/\S+\/setup#[\w-]+/
    await eventually('the link for the first account', () => link.test(server.stderr()))
    const given = {
      SERVER: `http://127.0.0.1:${server.port}`,
      SETUP_LINK: link.exec(server.stderr())?.[0] ?? '',
      BACKUPS: join(tempDir(), 'backups'),
      ...loginOf(postgres),
    }
    assert.deepEqual(namesToSet(firstPage).sort(), Object.keys(given).sort())
    const path = [dirname(process.execPath), postgres.bin, process.env.PATH].join(delimiter)
    return new Reader(server, url, { ...given, PATH: path, LC_ALL: 'C.UTF-8' })
  }

  /** Runs one step; answers what is not as the guide shows it. Throws where a command fails. */
  async follow(step: Step): Promise<string[]> {
    if (step.commands.includes('read -r CODE')) this.#shell.type(this.#nextCode())
    if (step.answer?.text.includes('STEP_UP_REQUIRED')) await this.#letProofsGrowOld()
    const told = await this.#shell.run(step.commands).catch((error: unknown) => {
      throw new Error(`${step.place}: ${String(error)}\n${this.#server.stderr().slice(-500)}`)
    })
    const wrong = step.answer && compare(step.answer, told)
    return wrong ? [`${step.place}: ${wrong}\n${told}`] : []
  }

  async end(): Promise<void> {
    await this.#shell.close()
    await sweep(this.#server)
  }

  /** Each code works once, so the second one is that which the authenticator shows half a minute later. */
  #nextCode(): string {
    const offer = readFileSync(join(this.#dir, 'holdfast-api', 'two-factor.json'), 'utf8')
    const { secret } = JSON.parse(offer) as { secret: string }
    const timestamp = Date.now() + this.#codes++ * CODE_SECONDS * 1000
    return new TOTP({ secret }).generate({ timestamp })
  }

  async #letProofsGrowOld(): Promise<void> {
    const client = new Client({ connectionString: this.#catalog })
    await client.connect()
    await client.query(`update sessions set proven_at = proven_at - interval '6 minutes'`)
    await client.end()
  }
}

const loginOf = ({ host, port, user, password = '' }: PostgresServer) => ({
  PGHOST: host,
  PGPORT: String(port),
  PGUSER: user,
  PGPASSWORD: password,
})

/** The package as it is after `npm install holdfast`, made of the source. */
function givePackage(dir: string): void {
  const home = join(dir, 'node_modules', 'holdfast')
  mkdirSync(home, { recursive: true })
  const exports = { './client': './client/index.ts' }
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module', exports }))
  symlinkSync(join(import.meta.dirname, '..', '..', 'src', 'client'), join(home, 'client'))
}

function compare({ kind, text }: NonNullable<Step['answer']>, told: string): string | undefined {
  if (kind === 'json') return difference(JSON.parse(text), JSON.parse(told))
  return textFits(text.trim(), told.trim().replaceAll('\r', '')) ? undefined : 'other lines'
}

describe('the guide to the API', () => {
  const pages = guidePages()
  let reader: Reader | undefined
  before(async () => {
    needPrograms(['curl', 'jq'])
    reader = await Reader.begin(pages[0] ?? assert.fail('no page'))
  })
  after(() => reader?.end())

  for (const { name, steps } of pages) {
    test(`${name}: every command works, and answers what it shows`, async () => {
      assert.ok(steps.length > 0)
      const wrong: string[] = []
      for (const step of steps) wrong.push(...((await reader?.follow(step)) ?? []))
      assert.equal(wrong.join('\n'), '')
    })
  }

  test('an answer that is not as shown is noticed', () => {
    const shown = { id: '…', state: 'completed', tags: ['a', '…'], '…': '…' }
    const real = { id: 'x', state: 'completed', tags: ['a', 'b'], more: 1 }
    assert.equal(difference(shown, real), undefined)
    for (const other of [
      { ...real, state: 'failed' },
      { ...real, tags: ['b'] },
      { state: 'completed', tags: ['a'] },
    ]) {
      assert.ok(difference(shown, other))
    }
    assert.ok(difference({ id: 'x' }, { id: 'x', more: 1 }))
    assert.ok(difference({ status: 201 }, { status: 200 }))
    assert.ok(difference({ bytes: 7800000 }, { bytes: '7800001' }))
    assert.equal(difference({ bytes: 7800000 }, { bytes: 7800001 }), undefined)
    assert.ok(difference(7800000, 7800001), 'all that is answered is meant')
    assert.ok(!textFits('id,kind\n…,backup', 'id,kind\n1,restore'))
  })
})
