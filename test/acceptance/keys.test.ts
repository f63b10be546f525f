import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { PASSPHRASE, Site } from '../cli/site.ts'

interface Key {
  readonly id: string
  readonly kind: 'passphrase' | 'recovery'
}
interface Failed {
  readonly error: { readonly code: string; readonly hint: string }
}

const NEW = 'quite another long passphrase'

describe('what opens a repository', () => {
  let site: Site
  let recoveryKey: string
  before(async () => {
    site = await Site.open()
    await site.server.query('postgres', 'create database shop')
    recoveryKey = (await site.json<{ recoveryKey: string }>(0, ['init'])).recoveryKey
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })
  after(() => site.close())

  const withRecoveryKey = () => ({ HOLDFAST_PASSPHRASE: '', HOLDFAST_RECOVERY_KEY: recoveryKey })
  const withPassphrase = (text: string) => ({ HOLDFAST_PASSPHRASE: text })
  const keys = async (env: Record<string, string>) =>
    (await site.json<{ keys: Key[] }>(0, ['keys', 'list'], env)).keys

  test('a wrong passphrase is 12, a damaged slot 13, and the recovery key opens all the same', async () => {
    const slot = (await keys(withRecoveryKey())).find(key => key.kind === 'passphrase')
    const path = join(site.dir, 'repository', 'keys', slot?.id ?? assert.fail())
    const bytes = readFileSync(path)
    chmodSync(path, 0o600)
    for (const at of [20, bytes.length >> 1, bytes.length - 8]) {
      const hurt = Buffer.from(bytes)
      hurt[at] = (hurt[at] ?? 0) ^ 1
      writeFileSync(path, hurt)
      const { error } = await site.json<Failed>(13, ['list'], withPassphrase(PASSPHRASE))
      assert.equal(error.code, 'DAMAGED')
      await site.expect(0, ['list'], withRecoveryKey())
      await site.expect(13, ['check'], withRecoveryKey())
    }
    writeFileSync(path, bytes)
    const { error } = await site.json<Failed>(12, ['list'], withPassphrase('not this one'))
    assert.equal(error.code, 'WRONG_PASSPHRASE')
    assert.match(error.hint, /HOLDFAST_RECOVERY_KEY/)
    await site.expect(0, ['list'], withPassphrase(PASSPHRASE))
  })

  test('a passphrase is changed by adding the new one and removing the old one', async () => {
    const old = withPassphrase(PASSPHRASE)
    const first = (await keys(old)).find(key => key.kind === 'passphrase')
    await site.expect(0, ['keys', 'add'], { ...old, HOLDFAST_NEW_PASSPHRASE: NEW })
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'], old)
    await site.expect(0, ['keys', 'remove', first?.id ?? assert.fail()], withPassphrase(NEW))
    await site.expect(12, ['list'], old)
    await site.expect(0, ['restore', 'latest', '--target', 'env:DB_COPY'], withPassphrase(NEW))
    await site.expect(0, ['check', '--read-data'], withPassphrase(NEW))
    await site.expect(0, ['list'], withRecoveryKey())
  })
})
