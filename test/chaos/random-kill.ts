import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest, Outline } from '../../src/core/backup.ts'
import { outlineOfBackup } from '../../src/operations/outline.ts'
import { loadShop } from '../../support/shop.ts'
import { startHoldfast } from '../support/holdfast.ts'
import { Scene, signal } from './scene.ts'

export interface ChaosOptions {
  /** The same seed does the same things and kills at the same moments, as far as the machine does. */
  readonly seed: number
  /** How often something is killed. */
  readonly moments: number
  readonly say: (line: string) => void
}

type Operation = 'backup' | 'restore' | 'restore --replace' | 'forget'
const OPERATIONS: readonly Operation[] = ['backup', 'restore', 'restore --replace', 'forget']
/** Shares of the usual time: before the first the runtime starts, after the last all is done. */
const EARLIEST = 0.3
const LATEST = 1.3
/** Longer than the sessions of killed processes count. */
const LONG_AGO_S = 3600
const FEWEST_BACKUPS = 2
const MOST_BACKUPS = 5
const BESIDE = /_holdfast_[0-9a-f]{8}$/

/** Kills bin/holdfast at random moments; throws as soon as one of them has hurt anything. */
export async function randomKills(options: ChaosOptions): Promise<void> {
  const scene = await Scene.open()
  try {
    const world = await World.open(scene, options)
    for (let moment = 1; moment <= options.moments; moment += 1) await world.moment(moment)
    await world.finish()
  } finally {
    await scene.close()
  }
}

class World {
  readonly #scene: Scene
  readonly #say: (line: string) => void
  readonly #random: () => number
  readonly #tmp: string
  /** How long each operation took when nobody killed it. */
  readonly #usual = new Map<Operation, number>()
  #backups: readonly Manifest[] = []
  #live: Outline
  #changes = 0

  private constructor(scene: Scene, { seed, say }: ChaosOptions, live: Outline) {
    this.#scene = scene
    this.#say = say
    this.#random = randomNumbers(seed)
    this.#live = live
    this.#tmp = join(scene.dir, 'tmp')
    mkdirSync(this.#tmp)
  }

  static async open(scene: Scene, options: ChaosOptions): Promise<World> {
    await loadShop(scene.server, 'shop', 0.002)
    await scene.server.query('shop', 'create table moments (number int, what text)')
    await scene.server.query('postgres', 'create database live template shop')
    const world = new World(scene, options, await scene.outline('live'))
    for (const operation of ['backup', ...OPERATIONS] as const) {
      await world.#perform(operation, undefined)
    }
    return world
  }

  async moment(number: number): Promise<void> {
    if (this.#backups.length < FEWEST_BACKUPS) await this.#perform('backup', undefined)
    const chosen = OPERATIONS[Math.floor(this.#random() * OPERATIONS.length)] ?? 'backup'
    const operation = this.#backups.length > MOST_BACKUPS ? 'forget' : chosen
    const share = EARLIEST + this.#random() * (LATEST - EARLIEST)
    const after = share * (this.#usual.get(operation) ?? 0)
    const end = await this.#perform(operation, after)
    this.#say(`#${number} ${operation}, killed after ${after.toFixed(0)} ms: ${end}`)
  }

  /** Everything can still be done, and nothing is left of what was killed. */
  async finish(): Promise<void> {
    for (const operation of OPERATIONS) await this.#perform(operation, undefined)
    assert.deepEqual(
      (await this.#scene.databases()).filter(name => BESIDE.test(name)),
      [],
    )
    assert.deepEqual(readdirSync(this.#tmp), [])
  }

  /** Performs an operation, killed after that many ms or not at all, and looks at the world afterwards. */
  async #perform(operation: Operation, after: number | undefined): Promise<string> {
    const subject = this.#backups[Math.floor(this.#random() * this.#backups.length)]
    this.#changes += 1
    const target = operation === 'restore' ? `copy${this.#changes}` : 'live'
    if (operation === 'backup') {
      const sql = `insert into moments values (${this.#changes}, repeat('x', 9999))`
      await this.#scene.server.query('shop', sql)
    }
    const done = await this.#run(operation, subject?.id ?? '', target, after)
    await this.#scene.assertQuiet()
    this.#ageSessions()
    const before = this.#backups
    await this.#lookAtRepository()
    if (operation === 'backup') return this.#afterBackup(before, done)
    assert.ok(subject)
    if (operation === 'forget') return this.#afterForget(before, subject, done)
    return operation === 'restore'
      ? await this.#afterRestore(subject, target, done)
      : await this.#afterReplace(subject, done)
  }

  /** True when it had come to its end before it was to be killed. */
  async #run(
    operation: Operation,
    backup: string,
    target: string,
    after: number | undefined,
  ): Promise<boolean> {
    const args = {
      backup: ['backup', '--source', 'env:DB'],
      restore: ['restore', backup, '--target', 'env:DB'],
      'restore --replace': ['restore', backup, '--target', 'env:DB', '--replace'],
      forget: ['forget', backup],
    }[operation]
    const env = {
      DB: this.#scene.server.url(operation === 'backup' ? 'shop' : target),
      HOLDFAST_REPOSITORY: this.#scene.base,
      HOLDFAST_RECOVERY_KEY: this.#scene.recoveryKey,
      TMPDIR: this.#tmp,
    }
    const began = performance.now()
    const running = startHoldfast(args, { env })
    const over = new AbortController()
    const ended = running.ended.finally(() => over.abort())
    if (after !== undefined) {
      await sleep(after, undefined, { signal: over.signal }).catch(() => undefined)
      running.child.kill('SIGKILL')
    }
    const { code, signal: killer, stderr } = await ended
    assert.ok(code === 0 || killer === 'SIGKILL', `${args.join(' ')} ended with ${code}: ${stderr}`)
    if (after === undefined) this.#usual.set(operation, performance.now() - began)
    return code === 0
  }

  /** Moves time on until a session that was killed is given up. */
  #ageSessions(): void {
    const sessions = join(this.#scene.base, 'sessions')
    const then = Date.now() / 1000 - LONG_AGO_S
    for (const name of readdirSync(sessions)) utimesSync(join(sessions, name), then, then)
  }

  async #lookAtRepository(): Promise<void> {
    const repository = await this.#scene.repository(this.#scene.base)
    const { manifests, damaged } = await repository.backups(signal)
    assert.deepEqual(damaged, [])
    this.#backups = manifests
    await this.#scene.assertClean(this.#scene.base)
    await this.#scene.readAll(this.#scene.base, manifests)
  }

  #afterBackup(before: readonly Manifest[], done: boolean): string {
    const added = this.#backups.length - before.length
    assert.deepEqual(idsOf(this.#backups.slice(added)), idsOf(before))
    assert.ok(added === 1 || (added === 0 && !done), `${added} backups were added`)
    return added === 1 ? 'there is one more' : 'there is none more'
  }

  #afterForget(before: readonly Manifest[], subject: Manifest, done: boolean): string {
    const isGone = !idsOf(this.#backups).includes(subject.id)
    assert.ok(isGone || !done)
    const others = before.filter(one => one.id !== subject.id)
    assert.deepEqual(idsOf(this.#backups), idsOf(isGone ? others : before))
    return isGone ? 'it is gone' : 'it is still there'
  }

  async #afterRestore(subject: Manifest, target: string, done: boolean): Promise<string> {
    const isThere = (await this.#scene.databases()).includes(target)
    assert.ok(isThere || !done)
    if (!isThere) return 'it is not there'
    await this.#scene.assertHolds(target, await this.#outlineOf(subject))
    await this.#scene.server.query('postgres', `drop database ${target}`)
    return 'it is there'
  }

  async #afterReplace(subject: Manifest, done: boolean): Promise<string> {
    const kept = (await this.#scene.databases()).find(name => name.startsWith('live_before_'))
    assert.ok(kept !== undefined || !done)
    if (kept === undefined) {
      await this.#scene.assertHolds('live', this.#live)
      return 'the old one is untouched'
    }
    await this.#scene.assertHolds(kept, this.#live)
    this.#live = await this.#outlineOf(subject)
    await this.#scene.assertHolds('live', this.#live)
    await this.#scene.server.query('postgres', `drop database ${kept}`)
    return 'it is replaced, the old one kept'
  }

  async #outlineOf(backup: Manifest): Promise<Outline> {
    return await outlineOfBackup(await this.#scene.repository(this.#scene.base), backup, signal)
  }
}

const idsOf = (manifests: readonly Manifest[]): string[] => manifests.map(one => one.id)

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
