import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openVault, Vault } from '../../src/catalog/vault.ts'
import {
  SealBroken,
  SecretKeyMissing,
  SecretKeyUnfit,
  SecretKeyWrong,
} from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { tempDir } from '../../support/temp-dir.ts'

const run = promisify(execFile)
const PLACE = 'sources.url_sealed:1'
const newPath = () => join(tempDir(), 'secret.key')

describe('what is sealed', () => {
  const vault = Vault.open(newPath())
  const sealed = vault.seal(new Secret('grüße'), PLACE)

  test('opens in its place, and never looks the same twice', () => {
    assert.equal(vault.unseal(sealed, PLACE).reveal(), 'grüße')
    assert.equal(vault.unseal(vault.seal(new Secret(''), PLACE), PLACE).reveal(), '')
    assert.notDeepEqual(vault.seal(new Secret('grüße'), PLACE), sealed)
  })

  test('does not open in another place', () => {
    assert.throws(() => vault.unseal(sealed, 'sources.url_sealed:2'), SealBroken)
  })

  test('does not open when any of its bytes is another one', () => {
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => vault.unseal(changed, PLACE), {
        code: /^(SEAL_BROKEN|SECRET_KEY_WRONG)$/,
      })
    }
    for (const length of sealed.keys()) {
      assert.throws(() => vault.unseal(sealed.subarray(0, length), PLACE), SealBroken)
    }
  })

  test('does not open with another key, which is named', () => {
    const path = newPath()
    assert.throws(
      () => Vault.open(path).unseal(sealed, PLACE),
      error => error instanceof SecretKeyWrong && error.message.includes(path),
    )
  })
})

describe('the key file', () => {
  test('is made for its owner only, and nothing is left beside it', () => {
    const path = newPath()
    const { mark } = Vault.open(path)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(path, '..')), ['secret.key'])
    assert.equal(Vault.open(path).mark, mark)
    assert.ok(!readFileSync(path).toString('hex').includes(mark))
  })

  test('is one and the same for all who make it at the same time', async () => {
    const path = newPath()
    const script = `import { Vault } from ${JSON.stringify(
      new URL('../../src/catalog/vault.ts', import.meta.url).href,
    )}; console.log(Vault.open(${JSON.stringify(path)}).mark)`
    const makers = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '-e', script]),
    )
    const marks = new Set((await Promise.all(makers)).map(({ stdout }) => stdout.trim()))
    assert.deepEqual([...marks], [Vault.open(path).mark])
  })

  for (const mode of [0o640, 0o604, 0o620]) {
    test(`is refused with mode ${mode.toString(8)}`, () => {
      const path = newPath()
      Vault.open(path)
      chmodSync(path, mode)
      assert.throws(() => Vault.open(path), SecretKeyUnfit)
    })
  }

  for (const text of ['', 'abc', Buffer.alloc(31).toString('base64'), 'x'.repeat(44)]) {
    test(`is refused, and kept, when it holds "${text}"`, () => {
      const path = newPath()
      writeFileSync(path, text, { mode: 0o600 })
      assert.throws(() => Vault.open(path), SecretKeyUnfit)
      assert.equal(readFileSync(path, 'utf8'), text)
    })
  }

  test('that cannot be made is an error that says why', () => {
    assert.throws(() => Vault.open('/nowhere/secret.key'), /could not make it: ENOENT/)
  })
})

describe('the vault of a catalog', () => {
  test('is not opened with a new key in place of a lost one', async t => {
    const { catalog } = await openTestCatalog(t)
    await openVault(catalog, newPath())
    const path = newPath()
    await assert.rejects(openVault(catalog, path), SecretKeyMissing)
    assert.ok(!existsSync(path))
  })

  test('is not opened with the key of another catalog', async t => {
    const { catalog } = await openTestCatalog(t)
    const path = newPath()
    const { mark } = await openVault(catalog, path)
    assert.equal((await openVault(catalog, path)).mark, mark)
    const other = newPath()
    Vault.open(other)
    await assert.rejects(openVault(catalog, other), SecretKeyWrong)
  })

  test('has one key, whichever of two nodes starts first', async t => {
    const { catalog } = await openTestCatalog(t)
    const opened = await Promise.allSettled([
      openVault(catalog, newPath()),
      openVault(catalog, newPath()),
    ])
    assert.equal(opened.filter(({ status }) => status === 'fulfilled').length, 1)
  })
})
