import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import {
  Damaged,
  LastKeySlot,
  RepositoryTooNew,
  WrongPassphrase,
  WrongUse,
} from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import { makeSlot } from '../../src/repository/key-slot.ts'
import { type Key, Repository } from '../../src/repository/repository.ts'
import { FaultyStorage, failWith } from '../support/faulty.ts'
import { flipped, Seeded, sha256, unhurried } from './material.ts'
import {
  bytesAt,
  cloneSite,
  keysOf,
  newSite,
  openSite,
  PASSPHRASE,
  replace,
  type Site,
} from './site.ts'

const open = async ({ storage, clock }: Site, key: Key) =>
  await Repository.open(storage, key, { clock }, unhurried)

const slotsOf = (site: Site) =>
  keysOf(site, 'keys/').map(key => ({
    key,
    slot: JSON.parse(bytesAt(site, key).toString()) as Record<string, unknown>,
  }))

const slotOf = (site: Site, kind: string) =>
  slotsOf(site).find(({ slot }) => slot.kind === kind)?.key ?? ''

/** Puts an object under the name that it must have. */
function plant(site: Site, slot: unknown): string {
  const bytes = Buffer.from(typeof slot === 'string' ? slot : JSON.stringify(slot))
  const key = `keys/${sha256(bytes)}`
  site.storage.objects.set(key, { bytes, modified: site.clock.now() })
  return key
}

describe('key slots', () => {
  let site: Site
  let repository: Repository

  before(async () => {
    const made = await newSite()
    site = made
    repository = made.repository
  })

  test('open with the passphrase and with the recovery key, and name the same repository', async () => {
    const byPassphrase = await open(site, { passphrase: PASSPHRASE })
    const byRecoveryKey = await open(site, { recoveryKey: site.recoveryKey })
    assert.equal(byPassphrase.id, repository.id)
    assert.equal(byRecoveryKey.id, repository.id)
    const listed = await byPassphrase.keys.list(unhurried)
    assert.deepEqual(
      listed.map(({ kind, label }) => [kind, label]),
      [
        ['passphrase', 'first passphrase'],
        ['recovery', 'recovery key'],
      ],
    )
  })

  test('open with a recovery key that was typed in its own way, and with no other one', async () => {
    const typed = site.recoveryKey.reveal().toLowerCase().replaceAll('-', '')
    assert.equal((await open(site, { recoveryKey: new Secret(typed) })).id, repository.id)
    const wrong = site.recoveryKey.reveal().replace(/^./, first => (first === '7' ? '8' : '7'))
    for (const text of [wrong, 'nonsense', '']) {
      await assert.rejects(open(site, { recoveryKey: new Secret(text) }), WrongPassphrase)
    }
  })

  test('tell a wrong passphrase from a damaged slot', async () => {
    await assert.rejects(open(site, { passphrase: new Secret('wrong') }), (error: Error) => {
      assert.ok(error instanceof WrongPassphrase)
      assert.equal(error.exit, 12)
      assert.match(error.message, /opens with this passphrase/)
      assert.ok(!error.message.includes('wrong'))
      return true
    })
    const hurt = cloneSite(site)
    const key = slotOf(hurt, 'passphrase')
    replace(hurt, key, flipped(bytesAt(hurt, key), 200))
    await assert.rejects(open(hurt, { passphrase: PASSPHRASE }), Damaged)
    await assert.rejects(open(hurt, { passphrase: new Secret('wrong') }), Damaged)
    // The other way in still works.
    await open(hurt, { recoveryKey: hurt.recoveryKey })
  })

  test('that are all gone are damage, not a wrong passphrase', async () => {
    const hurt = cloneSite(site)
    for (const key of keysOf(hurt, 'keys/')) hurt.storage.objects.delete(key)
    await assert.rejects(open(hurt, { passphrase: PASSPHRASE }), Damaged)
    await assert.rejects(open(hurt, { recoveryKey: site.recoveryKey }), Damaged)
  })

  test('can be added and removed; the last one stays', async () => {
    const changed = cloneSite(site)
    const owner = await openSite(changed)
    const second = new Secret('Tür und Tor')
    const added = await owner.keys.add({ passphrase: second }, 'the night shift', unhurried)
    assert.equal((await open(changed, { passphrase: second })).id, repository.id)
    // The same text, written with combining characters, as another keyboard would.
    const decomposed = new Secret('Tür und Tor'.normalize('NFD'))
    assert.notEqual(decomposed.reveal(), second.reveal())
    await open(changed, { passphrase: decomposed })
    const { recoveryKey } = await owner.keys.addRecoveryKey('spare', unhurried)
    await open(changed, { recoveryKey })
    await owner.keys.remove(added.id.slice(0, 10), unhurried)
    await assert.rejects(open(changed, { passphrase: second }), WrongPassphrase)
    assert.equal((await owner.keys.list(unhurried)).length, 3)
    assert.deepEqual(await owner.keys.problems(unhurried), [])

    for (const { id } of (await owner.keys.list(unhurried)).slice(1)) {
      await owner.keys.remove(id, unhurried)
    }
    const [last] = await owner.keys.list(unhurried)
    await assert.rejects(owner.keys.remove(last?.id ?? '', unhurried), LastKeySlot)
    await assert.rejects(owner.keys.remove('', unhurried), WrongUse)
    await assert.rejects(owner.keys.remove('zz', unhurried), WrongUse)
    assert.equal(keysOf(changed, 'keys/').length, 1)
  })

  test('that were half added are taken back, wherever the storage failed', async () => {
    for (const key of [/^keys\//, /^copies\/repository$/, /^repository$/]) {
      const changed = cloneSite(site)
      const storage = new FaultyStorage(changed.storage)
      const owner = await openSite(changed, storage)
      storage.on('put', { key, after: failWith(new Error('no answer')) })
      await assert.rejects(owner.keys.addRecoveryKey('unseen', unhurried), /no answer/)
      assert.deepEqual(storage.unfired(), [])
      assert.equal((await owner.keys.list(unhurried)).length, 2, key.source)
      const [said, copy] = ['repository', 'copies/repository'].map(one => bytesAt(changed, one))
      assert.deepEqual(said, copy)
      assert.deepEqual(await owner.keys.problems(unhurried), [])
      await owner.keys.addRecoveryKey('spare', unhurried)
      assert.deepEqual(await owner.keys.problems(unhurried), [])
    }
  })

  test('are sixteen at most', async () => {
    const full = cloneSite(site)
    const owner = await openSite(full)
    for (let number = 2; number < 16; number++) await owner.keys.addRecoveryKey('more', unhurried)
    await assert.rejects(owner.keys.addRecoveryKey('too many', unhurried), WrongUse)
    assert.equal(keysOf(full, 'keys/').length, 16)
  })

  test('added by two processes at once are both listed', async () => {
    const shared = cloneSite(site)
    const [one, other] = [await openSite(shared), await openSite(shared)]
    await one.keys.addRecoveryKey('one', unhurried)
    await other.keys.addRecoveryKey('other', unhurried)
    assert.deepEqual(await one.keys.problems(unhurried), [])
    assert.equal((await other.keys.list(unhurried)).length, 4)
  })
})

describe('a hostile or later key slot', () => {
  let site: Site

  before(async () => {
    site = await newSite()
  })

  test('that was planted is reported, and adding another one does not legalise it', async () => {
    const hurt = cloneSite(site)
    const [copied] = slotsOf(hurt)
    const planted = plant(hurt, { ...copied?.slot, label: 'planted' })
    const owner = await openSite(hurt)
    const reported = async () => (await owner.keys.problems(unhurried)).map(({ object }) => object)
    assert.deepEqual(await reported(), [planted])
    await owner.keys.addRecoveryKey('spare', unhurried)
    assert.deepEqual(await reported(), [planted])
    // What it claims is bound into its seal, so the label cannot have been changed by somebody else.
    await assert.rejects(open(hurt, { passphrase: new Secret('wrong') }), WrongPassphrase)
  })

  test('with changed open fields does not open', async () => {
    const slot = slotsOf(site).find(one => one.slot.kind === 'recovery')?.slot
    for (const change of [{ label: 'other' }, { created: '2020-01-01T00:00:00.000Z' }]) {
      const hurt = cloneSite(site)
      hurt.storage.objects.delete(slotOf(hurt, 'recovery'))
      plant(hurt, { ...slot, ...change })
      await assert.rejects(open(hurt, { recoveryKey: site.recoveryKey }), Damaged)
    }
  })

  test('of another repository with the same passphrase is passed over', async () => {
    const shared = cloneSite(site)
    const { id, bytes } = await makeSlot(
      { recoveryKey: site.recoveryKey },
      new Seeded('their master key').bytes(32),
      { repository: 'ee'.repeat(16), label: 'theirs', created: new Date(0) },
    )
    // So that it is tried first.
    const others = [...shared.storage.objects]
    shared.storage.objects.clear()
    replace(shared, `keys/${id}`, bytes)
    for (const [key, object] of others) shared.storage.objects.set(key, object)
    assert.equal((await openSite(shared)).id, (await openSite(site)).id)
  })

  test('of a kind that nobody knows yet keeps nobody out', async () => {
    const mixed = cloneSite(site)
    const [first] = slotsOf(mixed)
    plant(mixed, { ...first?.slot, kdf: { name: 'argon2id', salt: 'AAAA' } })
    const junk = plant(mixed, 'no JSON at all')
    await open(mixed, { passphrase: PASSPHRASE })
    await openSite(mixed)
    await assert.rejects(open(mixed, { passphrase: new Secret('wrong') }), WrongPassphrase)
    for (const { key, slot } of slotsOf(site)) {
      if (slot.kind === 'passphrase') mixed.storage.objects.delete(key)
    }
    await assert.rejects(open(mixed, { passphrase: PASSPHRASE }), Damaged)
    mixed.storage.objects.delete(junk)
    await assert.rejects(open(mixed, { passphrase: PASSPHRASE }), RepositoryTooNew)
  })

  test('that asks for absurd work is passed over instead of being tried', async () => {
    const hurt = cloneSite(site)
    const first = slotsOf(hurt).find(one => one.slot.kind === 'passphrase')?.slot
    const kdf = first?.kdf as object
    for (const cost of [{ N: 2 ** 25 }, { p: 2 ** 16 }, { r: 2 ** 12 }, { N: 3 }, { N: 0 }]) {
      plant(hurt, { ...first, kdf: { ...kdf, ...cost } })
    }
    const began = performance.now()
    await open(hurt, { passphrase: PASSPHRASE })
    await assert.rejects(open(hurt, { passphrase: new Secret('wrong') }), WrongPassphrase)
    assert.ok(performance.now() - began < 20_000)
  })

  test('is named by the hash of its bytes', () => {
    for (const key of keysOf(site, 'keys/')) {
      assert.equal(key, `keys/${createHash('sha256').update(bytesAt(site, key)).digest('hex')}`)
    }
  })
})
