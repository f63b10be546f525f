import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const MOST = 40

test('every requirement has its row, and every test that a row names is there', () => {
  const rows = read('docs/design/threat-model.md').match(/^\| S\d+ \|.*$/gm) ?? []
  const numbers = rows.map(row => row.split('|')[1]?.trim())
  assert.deepEqual(
    numbers,
    Array.from({ length: MOST }, (_, n) => `S${n + 1}`),
  )
  for (const row of rows) {
    const shown = row.split('|').at(-2)?.trim() ?? ''
    const named = [...shown.matchAll(/`(test\/[^`]+)`: ((?:“[^”]+”(?:, )?)+)/g)]
    const isWithout = /does not exist yet|Not met/.test(row)
    assert.ok(named.length > 0 || isWithout, `shown by nothing: ${row}`)
    for (const [, file = '', names = ''] of named) {
      assert.ok(existsSync(join(ROOT, file)), file)
      const source = read(file)
      for (const [, name = ''] of names.matchAll(/“([^”]+)”/g)) {
        assert.ok(
          [`'${name}'`, `\`${name}\``].some(text => source.includes(text)),
          `${file} has no test called ${name}`,
        )
      }
    }
    const left = shown.replaceAll(/`(test\/[^`]+)`: ((?:“[^”]+”(?:, )?)+)(; )?/g, '')
    assert.ok(left === '' || left === '–', `not understood: ${left}`)
  }
})
