import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Catalog } from '../../src/catalog/db.ts'
import { registerNode, stopNode } from '../../src/catalog/nodes.ts'
import { rotateSecretKey, SEALED } from '../../src/catalog/rotate-key.ts'
import { insertRun } from '../../src/catalog/runs.ts'
import { readSetting } from '../../src/catalog/settings.ts'
import { openVault, Vault } from '../../src/catalog/vault.ts'
import { SealBroken, SecretKeyInUse, SecretKeyWrong, WrongUse } from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { addNode, newRun } from '../support/catalog-rows.ts'

const run = promisify(execFile)
const CHILD = join(import.meta.dirname, '..', 'support', 'rotate-child.ts')
const newPath = () => join(tempDir(), 'secret.key')
const filesAt = (path: string) => readdirSync(dirname(path)).toSorted()

/** A value of each kind that is sealed, beside some that are not there. */
async function fill(catalog: Catalog, vault: Vault): Promise<void> {
  const id = randomUUID()
  await insertRun(catalog, await newRun(catalog))
  await insertRun(catalog, {
    ...(await newRun(catalog)),
    id,
    kind: 'restore',
    requestSealed: vault.seal(new Secret(`runs ${id}`), `runs.request_sealed:${id}`),
  })
  await catalog.query(
    `insert into users (id, email, name, role) values ($1, 'ann@example.org', 'Ann', 'viewer')`,
    [randomUUID()],
  )
  for (const { table, column, place } of SEALED.filter(one => one.table !== 'runs')) {
    for (const row of await catalog.query<{ id: string }>(`select id from ${table} limit 1`)) {
      const value = new Secret(`${table} ${row.id}`)
      await catalog.query(`update ${table} set ${column} = $2 where id = $1`, [
        row.id,
        vault.seal(value, place(row.id)),
      ])
    }
  }
}

/** Opens all that is sealed; answers how many values that were. */
async function openAll(catalog: Catalog, vault: Vault): Promise<number> {
  let count = 0
  for (const { table, column, place } of SEALED) {
    const rows = await catalog.query<{ id: string; sealed: Buffer }>(
      `select id, ${column} as sealed from ${table} where length(${column}) > 0`,
    )
    for (const { id, sealed } of rows) {
      assert.equal(vault.unseal(sealed, place(id)).reveal(), `${table} ${id}`)
      count += 1
    }
  }
  return count
}

describe('a change of the secret key', () => {
  test('knows every column that is sealed', async t => {
    const { catalog } = await openTestCatalog(t)
    const columns = await catalog.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = current_schema() and column_name like '%\\_sealed' order by name`,
    )
    assert.deepEqual(
      columns.map(({ name }) => name),
      SEALED.map(({ table, column }) => `${table}.${column}`).toSorted(),
    )
  })

  test('seals everything anew, keeps the old key in a file, and is on record', async t => {
    const { catalog } = await openTestCatalog(t)
    const path = newPath()
    const old = await openVault(catalog, path)
    await fill(catalog, old)
    const oldText = readFileSync(path, 'utf8')
    const change = await rotateSecretKey(catalog, path, 'local user ops')
    assert.equal(change.values, SEALED.length)
    const vault = await openVault(catalog, path)
    assert.notEqual(vault.mark, old.mark)
    assert.equal(await openAll(catalog, vault), SEALED.length)
    assert.equal(readFileSync(change.oldPath, 'utf8'), oldText)
    assert.deepEqual(filesAt(path), ['secret.key', basename(change.oldPath)])
    for (const file of [path, change.oldPath]) assert.equal(statSync(file).mode & 0o777, 0o600)
    const [entry] = await catalog.query<{ actor: string; details: object }>(
      `select actor, details from audit_log where action = 'secret-key.rotate'`,
    )
    assert.equal(entry?.actor, 'local user ops')
    const details = { from: old.mark, to: vault.mark, values: SEALED.length }
    assert.deepEqual(entry?.details, details)
    await assert.rejects(openAll(catalog, old), SecretKeyWrong)
  })

  test('broken off at any of its steps leaves a catalog that opens, and all that is in it', async t => {
    const { catalog, url } = await openTestCatalog(t)
    const path = newPath()
    await fill(catalog, await openVault(catalog, path))
    let kills = 0
    const marks = new Set<string>()
    for (let step = 1, isDone = false; !isDone; step += 1) {
      isDone = await run(process.execPath, [CHILD, url, path, String(step)]).then(
        () => true,
        (error: Error & { signal?: string }) => {
          assert.equal(error.signal, 'SIGKILL', error.message)
          kills += 1
          return false
        },
      )
      const vault = await openVault(catalog, path)
      assert.equal(await openAll(catalog, vault), SEALED.length, `after step ${step}`)
      assert.equal(Vault.open(path).mark, await readSetting(catalog, 'secretKey'))
      marks.add(vault.mark)
    }
    assert.ok(kills > 20, `${kills} steps`)
    // Some were broken off before the catalog knew the new key, some after, one not at all.
    assert.ok(marks.size > 2 && marks.size < kills, `${marks.size} keys after ${kills} steps`)
    assert.ok(!filesAt(path).some(name => name.endsWith('.new')), filesAt(path).join())
  })

  test('waits for nobody: while a node works, it is refused and nothing is changed', async t => {
    const { catalog } = await openTestCatalog(t)
    const path = newPath()
    const { mark } = await openVault(catalog, path)
    const node = await addNode(catalog)
    await assert.rejects(rotateSecretKey(catalog, path, 'test'), SecretKeyInUse)
    assert.equal((await openVault(catalog, path)).mark, mark)
    assert.deepEqual(filesAt(path), ['secret.key'])
    await stopNode(catalog, node.id)
    await rotateSecretKey(catalog, path, 'test')
    await registerNode(catalog, node)
    await catalog.query(`update nodes set seen_at = clock_now() - interval '61 seconds'`)
    await rotateSecretKey(catalog, path, 'test')
  })

  test('of what does not open changes nothing', async t => {
    const { catalog } = await openTestCatalog(t)
    const path = newPath()
    await assert.rejects(rotateSecretKey(catalog, path, 'test'), WrongUse)
    assert.ok(!existsSync(path))
    const vault = await openVault(catalog, path)
    await fill(catalog, vault)
    await catalog.query(
      `update users set totp_sealed = set_byte(totp_sealed, 30, get_byte(totp_sealed, 30) # 1)`,
    )
    await assert.rejects(rotateSecretKey(catalog, path, 'test'), SealBroken)
    assert.equal((await openVault(catalog, path)).mark, vault.mark)
  })
})
