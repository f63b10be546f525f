import assert from 'node:assert/strict'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { catalogMetrics } from '../../src/api/metrics/catalog-metrics.ts'
import { readFigures } from '../../src/catalog/figures.ts'
import { unmeasured } from '../../src/catalog/usage.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { ReachKeeper } from '../../src/jobs/reach-keeper.ts'
import { UsageKeeper } from '../../src/jobs/usage-keeper.ts'
import { outsideOf } from '../../src/outside.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { eventually } from '../support/server.ts'
import { ApiSite, PASSPHRASE, transfersIn } from './site.ts'

interface Created {
  readonly repository: { id: string; place: string }
  readonly recoveryKey: string
  readonly passphrase: string | null
}
interface Details {
  readonly repository: { usedBytes: number | null; packs: number | null; dumpBytes: number }
  readonly dedupRatio: number | null
}

describe('a repository that the server makes', () => {
  const { signal } = new AbortController()
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())
  const create = (name: string, more: object = {}) =>
    site.expect<Created>(201, 'POST', '/repositories/create', {
      name,
      url: join(site.dir, name),
      ...more,
    })
  const opens = (place: string, key: Parameters<typeof Repository.open>[1]) =>
    Repository.open(openStorage(place), key, { clock: systemClock }, signal)

  test('opens with its passphrase and with the recovery key that is shown once', async () => {
    const made = await create('given', { passphrase: PASSPHRASE })
    assert.equal(made.passphrase, null)
    const place = join(site.dir, 'given')
    await opens(place, { passphrase: new Secret(PASSPHRASE) })
    await opens(place, { recoveryKey: new Secret(made.recoveryKey) })
    const generated = await create('generated')
    assert.match(generated.passphrase ?? '', /^[a-z2-7]{8}(-[a-z2-7]{8}){3}$/)
    const passphrase = new Secret(generated.passphrase ?? '')
    await opens(join(site.dir, 'generated'), { passphrase })
    const record = JSON.stringify(await site.audited('repository.create'))
    for (const secret of [made.recoveryKey, passphrase.reveal()])
      assert.ok(!record.includes(secret))
  })

  test('is not made where something is, with a taken name, or with a weak passphrase', async () => {
    const body = { name: 'again', url: join(site.dir, 'given') }
    await site.refuse('REPOSITORY_EXISTS', 409, 'POST', '/repositories/create', body)
    const taken = { name: 'GIVEN', url: join(site.dir, 'elsewhere') }
    await site.refuse('NAME_TAKEN', 409, 'POST', '/repositories/create', taken)
    const weak = { name: 'weak', url: join(site.dir, 'weak'), passphrase: 'short' }
    await site.refuse('WRONG_USE', 422, 'POST', '/repositories/create', weak)
    await site.refuse('PLACE_NOT_EMPTY', 409, 'POST', '/repositories/create', {
      name: 'weak',
      url: '/dev/null/repository',
    })
    const relative = { name: 'weak', url: 'backups' }
    await site.refuse('INVALID_INPUT', 422, 'POST', '/repositories/create', relative)
    assert.ok(!existsSync(join(site.dir, 'weak')) && !existsSync(join(site.dir, 'elsewhere')))
  })

  test('lists what opens it, and which of these is the server', async () => {
    const { keys } = await site.expect<{ keys: { kind: string; isServers: boolean }[] }>(
      200,
      'GET',
      '/repositories/given/keys',
    )
    assert.deepEqual(keys.map(one => `${one.kind} ${one.isServers}`).sort(), [
      'passphrase false',
      'recovery false',
      'recovery true',
    ])
    await site.refuse('NOT_FOUND', 404, 'GET', '/repositories/nix/keys')
  })

  test('makes one more recovery key, which opens it', async () => {
    const path = '/repositories/given/recovery-keys'
    const made = await site.expect<{ recoveryKey: string }>(201, 'POST', path)
    await opens(join(site.dir, 'given'), { recoveryKey: new Secret(made.recoveryKey) })
    const { keys } = await site.expect<{ keys: { label: string }[] }>(
      200,
      'GET',
      '/repositories/given/keys',
    )
    assert.ok(keys.some(({ label }) => label === 'by local user ops'))
    const records = await site.audited('repository.recovery-key')
    assert.equal(records.length, 1)
    assert.ok(!JSON.stringify(records).includes(made.recoveryKey))
    // What cannot be put on record is taken back: nobody was shown it.
    await site.test.catalog.query(
      `create function full_disk() returns trigger language plpgsql as $$
         begin raise 'no space' using errcode = '53100'; end $$;
       create trigger full_disk before insert on audit_log for each row execute function full_disk()`,
    )
    const refused = await site.send('POST', path)
    await site.test.catalog.query('drop function full_disk cascade')
    assert.ok(refused.status >= 500, String(refused.status))
    const after = await site.expect<{ keys: unknown[] }>(200, 'GET', '/repositories/given/keys')
    assert.equal(after.keys.length, keys.length)
  })

  test('tells what it takes once it was measured, on demand or by itself', async () => {
    const details = () => site.expect<Details>(200, 'GET', '/repositories/given')
    assert.equal((await details()).repository.usedBytes, null)
    const measured = await site.expect<Details>(200, 'POST', '/repositories/given/measure')
    const used = measured.repository.usedBytes
    assert.ok(used !== null && used > 0)
    assert.deepEqual([measured.repository.packs, measured.dedupRatio], [0, 0])
    const { catalog, server } = site.test
    const isDue = async () => (await unmeasured(catalog)).some(({ name }) => name === 'given')
    await catalog.query(`update repository_usage set measured_at = null, tried_at = null`)
    assert.ok(!(await isDue()), 'what it takes empty would be told of its first backup')
    await catalog.query(
      `insert into backups (id, repository_id, source_label, started_at, finished_at, dump_bytes,
         stored_bytes, tables, rows, manifest, seen_at)
       select 'b1', id, 'x', now(), now(), $1, 1, 1, 1, '{}', clock_now()
       from repositories where name = 'given'`,
      [used * 3],
    )
    assert.ok(await isDue())
    await catalog.query(
      `update repository_usage set measured_at = clock_now() - interval '1 hour', stored_bytes = 1`,
    )
    const outside = outsideOf(
      { path: server.bin, pgBin: server.bin, reach: {} },
      transfersIn(site.dir),
    )
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const keeper = new UsageKeeper({ catalog, vault: site.vault, outside, log })
    keeper.start()
    try {
      const again = async () => (await details()).repository.usedBytes === used
      await eventually('the new figure', again)
    } finally {
      await keeper.stop()
    }
    assert.equal((await details()).dedupRatio, 3)
  })

  describe('that is away for a while', () => {
    interface Out {
      readonly since: string
      readonly failure: { readonly code: string; readonly message: string }
    }
    const said: string[] = []
    const log = {
      debug() {},
      error() {},
      info: (_: object | string, text?: string) => void said.push(`info: ${text}`),
      warn: (_: object | string, text?: string) => void said.push(`warn: ${text}`),
    }
    let looks = 0
    const outside = outsideOf({ path: '', pgBin: undefined, reach: {} }, transfersIn(''))
    const find = (...of: Parameters<typeof outside.findRepository>) => outside.findRepository(...of)
    const findRepository: typeof find = (...of) => {
      looks += 1
      return find(...of)
    }
    const keeper = (through = { findRepository }, patienceMs?: number) =>
      new ReachKeeper({
        catalog: site.test.catalog,
        vault: site.vault,
        outside: through,
        log,
        ...(patienceMs && { patienceMs }),
      })
    const at = (time: string) => site.test.setClock(`2030-01-01 ${time}+00`)
    const out = async () =>
      (
        await site.expect<{ repository: { unreachable: Out | null } }>(
          200,
          'GET',
          '/repositories/given',
        )
      ).repository.unreachable
    const metric = async () =>
      /reachable\{repository="given"\} (.*)/.exec(
        await catalogMetrics(await readFigures(site.test.catalog)).metrics(),
      )?.[1]
    const changes = async () =>
      (
        await site.test.catalog.query(
          `select from changes join repositories on object_id = repositories.id::text
           where kind = 'repository' and change = 'changed' and name = 'given'`,
        )
      ).length
    const place = () => join(site.dir, 'given')
    const away = () => join(site.dir, 'away')

    after(() => site.test.setClock(undefined))

    test('is looked at every three minutes, by one node, and said to be away once', async () => {
      await at('12:00')
      assert.equal(await metric(), undefined)
      await Promise.all([keeper().lookAtDue(), keeper().lookAtDue()])
      assert.equal(looks, 2, 'one for each repository')
      assert.deepEqual([await out(), await metric()], [null, '1'])
      renameSync(place(), away())
      await at('12:02:59')
      await keeper().lookAtDue()
      assert.equal(looks, 2)
      await at('12:03')
      await Promise.all([keeper().lookAtDue(), keeper().lookAtDue()])
      assert.equal(looks, 4)
      const missing = `there is no repository in ${place()}`
      const { since, failure } = (await out()) ?? assert.fail('can be reached')
      assert.deepEqual([since, failure.message], ['2030-01-01T12:03:00.000Z', missing])
      const { unreachable } = await site.expect<{ unreachable: (Out & { name: string })[] }>(
        200,
        'GET',
        '/summary',
      )
      assert.deepEqual(
        unreachable.map(one => [one.name, one.since]),
        [['given', since]],
      )
      assert.equal(await metric(), '0')
      assert.deepEqual(said, [`warn: the repository cannot be reached: ${missing}`])
    })

    test('is looked at more often then, and said to be back once', async () => {
      const before = await changes()
      await at('12:03:30')
      await keeper().lookAtDue()
      assert.deepEqual([looks, (await out())?.since], [5, '2030-01-01T12:03:00.000Z'])
      renameSync(join(site.dir, 'generated'), place())
      await at('12:04')
      await keeper().lookAtDue()
      assert.equal((await out())?.failure.code, 'OTHER_REPOSITORY')
      renameSync(place(), join(site.dir, 'generated'))
      renameSync(away(), place())
      assert.deepEqual([said.length, await changes()], [1, before + 1])
      await at('12:04:30')
      await keeper().lookAtDue()
      assert.deepEqual([await out(), await metric()], [null, '1'])
      assert.deepEqual(said.splice(0).slice(1), ['info: the repository can be reached again'])
      assert.equal(await changes(), before + 2)
    })

    test('is not waited for where its file system hangs', async () => {
      let hanging = 0
      const stuck: typeof find = async url => {
        if (url.reveal() !== place()) return
        hanging += 1
        await new Promise(() => undefined)
      }
      const patient = keeper({ findRepository: stuck }, 20)
      await at('13:00')
      await patient.lookAtDue()
      assert.match((await out())?.failure.message ?? '', /: nothing came for 0 seconds/)
      await at('13:01')
      await patient.lookAtDue()
      assert.equal(hanging, 1, 'one thread is lost to it, and no second one')
      await keeper().lookAtDue()
      assert.equal(await out(), null)
    })
  })

  test('is checked by a run of its own', async () => {
    const run = await site.expect<{ id: string; kind: string; request: object }>(
      201,
      'POST',
      '/repositories/given/check',
      { readData: true },
    )
    assert.deepEqual([run.kind, run.request], ['check', { readData: true }])
    await site.refuse('RUN_IN_THE_WAY', 409, 'POST', '/repositories/given/check', {})
    await site.expect(200, 'POST', `/runs/${run.id}/cancel`)
  })
})
