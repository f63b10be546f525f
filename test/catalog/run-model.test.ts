import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, asyncProperty, constantFrom, assert as holds, nat, record } from 'fast-check'
import type { Catalog } from '../../src/catalog/db.ts'
import type { Node } from '../../src/catalog/nodes.ts'
import { beginCommit, claimRun, expiredRuns, heartbeat } from '../../src/catalog/run-claims.ts'
import {
  pauseAll,
  releaseLock,
  resumeAll,
  wantCancel,
  wantPause,
  wantResume,
} from '../../src/catalog/run-control.ts'
import { type Claim, moveRun } from '../../src/catalog/run-moves.ts'
import { insertRun, type NewRun, type Run } from '../../src/catalog/runs.ts'
import { Fault } from '../../src/core/fault.ts'
import { LeaseLost, RunInTheWay, RunIsFinal, WorkerLost } from '../../src/core/faults.ts'
import { ACTIVE_STATES, asFailure, isFinal, RUN_MOVES, type RunState } from '../../src/core/run.ts'
import { lost } from '../../src/jobs/outcome.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addNode, newRun } from '../support/catalog-rows.ts'

const SOURCES = 3
const LEASE_MS = 30_000
const REFUSALS = [RunInTheWay, RunIsFinal, LeaseLost]

/** What somebody does: a worker, a user, the reaper, or time. */
type Step =
  | { readonly do: 'ask' | 'claim'; readonly who: number }
  | { readonly do: 'beat' | 'commit' | 'complete' | 'fail' | 'retry'; readonly who: number }
  | { readonly do: 'pause' | 'resume' | 'cancel' | 'release'; readonly who: number }
  | { readonly do: 'pause all' | 'resume all' | 'reap' | 'wait'; readonly who: number }

const step = record({
  do: constantFrom<Step['do']>(
    'ask',
    'ask',
    'claim',
    'claim',
    'beat',
    'commit',
    'complete',
    'fail',
    'retry',
    'pause',
    'resume',
    'cancel',
    'release',
    'pause all',
    'resume all',
    'reap',
    'wait',
  ),
  who: nat(5),
})

/** What was seen of a run; every later look must follow from it. */
type Known = Map<string, { state: RunState; fence: number; finishedAt: number | undefined }>

class World {
  readonly #catalog: Catalog
  readonly #nodes: readonly Node[]
  readonly #asked: readonly NewRun[]
  /** Every claim that was ever given out: old ones are used on purpose. */
  readonly #claims: Run[] = []
  readonly #known: Known = new Map()

  constructor(catalog: Catalog, nodes: readonly Node[], asked: readonly NewRun[]) {
    this.#catalog = catalog
    this.#nodes = nodes
    this.#asked = asked
  }

  /** Some at the same moment; each either works or is refused as the rules say. */
  async round(steps: readonly Step[]): Promise<void> {
    const done = await Promise.allSettled(steps.map(one => this.#do(one)))
    for (const one of done) {
      if (one.status === 'fulfilled') continue
      const cause: unknown = one.reason
      if (!REFUSALS.some(kind => cause instanceof kind)) throw cause
    }
    await this.#look()
  }

  async #do({ do: what, who }: Step): Promise<void> {
    const node = { id: this.#nodes[who % this.#nodes.length]?.id ?? '', leaseMs: LEASE_MS }
    const asked = this.#asked[who % SOURCES]
    const claim = this.#claims.at(-1 - who)
    if (what === 'ask' && asked) await insertRun(this.#catalog, asked)
    else if (what === 'claim') await this.#claim(node)
    else if (what === 'beat') await heartbeat(this.#catalog, node, this.#claims)
    else if (what === 'reap') await this.#reap()
    else if (what === 'wait') await this.#wait()
    else if (what === 'pause all') await this.#catalog.transaction(sql => pauseAll(sql, 'ops'))
    else if (what === 'resume all') await this.#catalog.transaction(sql => resumeAll(sql, 'ops'))
    else if (claim) await this.#work(what, claim)
  }

  async #claim(node: { id: string; leaseMs: number }): Promise<void> {
    const run = await claimRun(this.#catalog, node)
    if (run) this.#claims.push(run)
  }

  async #work(what: Step['do'], claim: Claim): Promise<void> {
    const move = (to: RunState, changes = {}) =>
      this.#catalog.transaction(sql => moveRun(sql, claim, to, changes))
    const control = (by: typeof wantCancel) =>
      this.#catalog.transaction(sql => by(sql, claim.id, 'ops'))
    const failure = asFailure(new WorkerLost({ host: 'test' }))
    if (what === 'commit') await beginCommit(this.#catalog, claim)
    else if (what === 'complete') await move('completed', { result: {} })
    else if (what === 'fail') await move('failed', { failure, countsAs: 'failure' })
    else if (what === 'retry')
      await move('retrying', { failure, countsAs: 'failure', notBefore: 0 })
    else if (what === 'pause') await control(wantPause)
    else if (what === 'resume') await control(wantResume)
    else if (what === 'cancel') await control(wantCancel)
    else await control(releaseLock)
  }

  async #reap(): Promise<void> {
    const failure = asFailure(new WorkerLost({ host: 'test' }))
    for (const run of await expiredRuns(this.#catalog)) {
      const { to, changes } = lost(run, failure)
      await this.#catalog.transaction(sql => moveRun(sql, run, to, { ...changes, notBefore: 0 }))
    }
  }

  /** Time passes: every lease that nobody renews now has ended. */
  async #wait(): Promise<void> {
    await this.#catalog.query(
      `update runs set lease_until = lease_until - interval '1 hour'
       where state in ('running', 'paused')`,
    )
  }

  /** The rules that hold at any moment. */
  async #look(): Promise<void> {
    const rows = await this.#catalog.query<Run & { open: number; torn: number; moves: RunState[] }>(
      `select id, state, fence::float8 as fence, lock_key as "lockKey", wanted, lost, attempt,
         finished_at as "finishedAt", failure,
         (select count(*)::int from run_attempts a
           where a.run_id = runs.id and a.finished_at is null) as open,
         (select count(*)::int from run_attempts a
           where a.run_id = runs.id and a.committing and a.outcome in ('cancelled', 'lost')
             and runs.state = 'cancelled' and runs.warnings = '[]') as torn,
         (select array_agg(details->>'state' order by id) from run_events e
           where e.run_id = runs.id and kind = 'state' and details ? 'state') as moves
       from runs where lock_key = any($1)`,
      [this.#asked.map(one => one.lockKey)],
    )
    const active = rows.filter(one => ACTIVE_STATES.includes(one.state))
    assert.equal(new Set(active.map(one => one.lockKey)).size, active.length, 'one active run each')
    for (const run of rows) {
      const before = this.#known.get(run.id)
      if (before) {
        assert.ok(run.fence >= before.fence, 'the fence only rises')
        if (isFinal(before.state)) assert.equal(run.state, before.state, 'final is final')
      }
      assert.equal(run.finishedAt !== null, isFinal(run.state))
      const held = run.state === 'running' || run.state === 'paused'
      assert.equal(run.open, held ? 1 : 0, 'an attempt is open while the run is held')
      assert.equal(run.torn, 0, 'what may have completed says so')
      assert.ok(run.state !== 'failed' || run.failure !== null, 'a failure says why')
      assert.ok(run.lost <= 3)
      this.#followTheMoves(['queued', ...(run.moves ?? [])], run.state)
      this.#known.set(run.id, {
        state: run.state,
        fence: run.fence,
        finishedAt: run.finishedAt?.getTime(),
      })
    }
  }

  /** The log tells every move, and each is one that the rules know. */
  #followTheMoves(moves: readonly RunState[], state: RunState): void {
    assert.equal(moves.at(-1), state)
    for (const [index, to] of moves.entries()) {
      const from = moves[index - 1]
      if (from) assert.ok(RUN_MOVES[from].includes(to), `${from} → ${to}`)
    }
  }
}

test('whoever does what at the same time, a run keeps its rules', async t => {
  const { catalog } = await openTestCatalog(t)
  const nodes = [await addNode(catalog), await addNode(catalog)]
  await holds(
    asyncProperty(
      array(array(step, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 25 }),
      async rounds => {
        const asked = await Promise.all(Array.from({ length: SOURCES }, () => newRun(catalog)))
        await catalog.transaction(sql => resumeAll(sql, 'ops'))
        const world = new World(catalog, nodes, asked)
        for (const steps of rounds) await world.round(steps)
        await catalog.query(`update runs set wanted = null where finished_at is null`)
        await finish(catalog)
      },
    ),
    { numRuns: 25 },
  )
})

/** Ends what is still active, so that the next world begins with nothing. */
async function finish(catalog: Catalog): Promise<void> {
  const left = await catalog.query<Claim>(
    'select id, fence::float8 as fence from runs where finished_at is null',
  )
  for (const run of left) await catalog.transaction(sql => wantEnd(sql, run))
}

async function wantEnd(...[sql, run]: [Parameters<typeof moveRun>[0], Claim]): Promise<void> {
  try {
    await moveRun(sql, run, 'cancelled')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
}
