import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { Catalog } from '../../src/catalog/db.ts'
import { sqlState } from '../../src/catalog/db.ts'
import { isFinal, RUN_MOVES, RUN_STATES, type RunState } from '../../src/core/run.ts'
import { openTestCatalog, type TestCatalog } from '../../support/catalog.ts'

/** What the database answers to a change that its own rules forbid. */
const refusedWith = (state: string) => (error: unknown) => sqlState(error) === state
const FINAL_OR_NO_MOVE = 'HF001'
const OLD_FENCE = 'HF002'
const ONLY_ADDED_TO = 'HF003'
const UNIQUE = '23505'
const CHECK = '23514'

let open: TestCatalog
let catalog: Catalog
const repository = randomUUID()
const schedule = randomUUID()

before(async () => {
  open = await openTestCatalog()
  catalog = open.catalog
  const source = randomUUID()
  await catalog.query(
    `insert into sources (id, name, engine, url_sealed, host, database, label)
     values ($1, 'shop', 'postgres', '', 'db', 'shop', 'shop@db')`,
    [source],
  )
  await catalog.query(
    `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
     values ($1, 'main', 'r', '/srv', '', '', 's')`,
    [repository],
  )
  await catalog.query(
    `insert into schedules (id, source_id, repository_id, cron, time_zone, retry)
     values ($1, $2, $3, '@daily', 'UTC', '{}')`,
    [schedule, source, repository],
  )
})

after(() => open.close())

/** A run that was put straight into a state. */
async function insertRun(state: RunState, lock = randomUUID() as string): Promise<string> {
  const id = randomUUID()
  await catalog.query(
    `insert into runs (id, kind, state, repository_id, trigger, triggered_by, lock_key, retry,
       finished_at, lease_until, failure, fence)
     values ($1, 'backup', $2, $3, 'manual', 'test', $4, '{}',
       case when $5 then clock_now() end, case when $6 then clock_now() end, '{}', 5)`,
    [id, state, repository, lock, isFinal(state), state === 'running' || state === 'paused'],
  )
  return id
}

const moveTo = (id: string, state: RunState) =>
  catalog.query(
    `update runs set state = $2, failure = '{}',
       finished_at = case when $3 then clock_now() end,
       lease_until = case when $4 then clock_now() end where id = $1`,
    [id, state, isFinal(state), state === 'running' || state === 'paused'],
  )

describe('the states of a run', () => {
  test('the table of moves is that of the program', async () => {
    const rows = await catalog.query<{ pair: string }>(
      `select from_state || ' ' || to_state as pair from run_moves order by 1`,
    )
    const ours = RUN_STATES.flatMap(from => RUN_MOVES[from].map(to => `${from} ${to}`))
    assert.deepEqual(
      rows.map(({ pair }) => pair),
      ours.sort(),
    )
  })

  for (const from of RUN_STATES) {
    for (const to of RUN_STATES.filter(one => one !== from)) {
      const allowed = RUN_MOVES[from].includes(to)
      test(`${from} → ${to} is ${allowed ? 'allowed' : 'refused'}`, async () => {
        const id = await insertRun(from)
        if (allowed) await moveTo(id, to)
        else await assert.rejects(moveTo(id, to), refusedWith(FINAL_OR_NO_MOVE))
      })
    }
  }

  for (const state of RUN_STATES.filter(isFinal)) {
    test(`nothing of a run that is ${state} changes`, async () => {
      const id = await insertRun(state)
      for (const change of [`progress = '{}'`, 'priority = 9', `result = '{}'`, 'fence = 9']) {
        const sql = `update runs set ${change} where id = $1`
        await assert.rejects(catalog.query(sql, [id]), refusedWith(FINAL_OR_NO_MOVE))
      }
    })
  }

  test('a state without what belongs to it is refused', async () => {
    const [queued, running] = [await insertRun('queued'), await insertRun('running')]
    const change = (id: string, set: string) =>
      catalog.query(`update runs set ${set} where id = $1`, [id])
    await assert.rejects(change(queued, `state = 'running'`), refusedWith(CHECK))
    await assert.rejects(change(queued, `finished_at = clock_now()`), refusedWith(CHECK))
    await assert.rejects(
      change(running, `state = 'completed', lease_until = null`),
      refusedWith(CHECK),
    )
    await assert.rejects(
      change(
        running,
        `state = 'failed', failure = null, lease_until = null,
        finished_at = clock_now()`,
      ),
      refusedWith(CHECK),
    )
  })
})

test('an older fence is refused', async () => {
  const id = await insertRun('running')
  await assert.rejects(
    catalog.query('update runs set fence = 4 where id = $1', [id]),
    refusedWith(OLD_FENCE),
  )
})

test('one lock is held by one active run', async () => {
  const active = RUN_STATES.filter(state => !isFinal(state))
  for (const first of active) {
    const lock = randomUUID()
    const id = await insertRun(first, lock)
    for (const second of active) {
      await assert.rejects(insertRun(second, lock), refusedWith(UNIQUE), `${first}, ${second}`)
    }
    for (const past of RUN_STATES.filter(isFinal)) await insertRun(past, lock)
    await moveTo(id, 'cancelled')
    await insertRun('queued', lock)
  }
})

test('one slot of a schedule has one run, whatever became of it', async () => {
  const fire = (slot: string) =>
    catalog.query(
      `insert into runs (id, kind, state, repository_id, schedule_id, trigger, triggered_by,
         lock_key, retry, slot, failure, finished_at)
       values ($1, 'backup', 'skipped', $2, $3, 'schedule', 'test', 'x', '{}', $4, '{}', now())`,
      [randomUUID(), repository, schedule, slot],
    )
  await fire('2030-01-01T00:00:00Z')
  await fire('2030-01-02T00:00:00Z')
  await assert.rejects(fire('2030-01-01T01:00:00+01:00'), refusedWith(UNIQUE))
})

test('runs and the audit log are not deleted, and the audit log is not changed', async () => {
  await insertRun('completed')
  await catalog.query(
    `insert into audit_log (actor, action, object_kind) values ('test', 'tested', 'rule')`,
  )
  for (const sql of [
    'delete from runs',
    'delete from audit_log',
    `update audit_log set actor = 'nobody'`,
    'truncate audit_log',
    'truncate runs cascade',
  ]) {
    await assert.rejects(catalog.query(sql), refusedWith(ONLY_ADDED_TO), sql)
  }
})

test('who listens hears of each new run and each change of its state', async t => {
  const heard: string[] = []
  const listener = await catalog.listen('holdfast_runs', payload => heard.push(payload ?? ''))
  t.after(() => listener.stop())
  const id = await insertRun('queued')
  await moveTo(id, 'cancelled')
  // A message of our own comes after all that were sent before it.
  await catalog.query(`select pg_notify('holdfast_runs', 'end')`)
  while (!heard.includes('end')) await new Promise(resolve => setTimeout(resolve, 5))
  const states = heard.slice(0, -1).map(text => {
    const { run, state } = JSON.parse(text) as { run: string; state: string }
    return [run, state]
  })
  assert.deepEqual(states, [
    [id, 'queued'],
    [id, 'cancelled'],
  ])
})
