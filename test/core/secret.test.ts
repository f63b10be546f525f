import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordsIn } from '../../src/core/secret.ts'

test('the password of a URL is found wherever it may stand, as written and decoded', () => {
  assert.deepEqual(passwordsIn('postgres://u:p%40ss@h:5432/d'), ['p%40ss', 'p@ss'])
  assert.deepEqual(passwordsIn('postgres://u:a@b:c@h/d'), ['a@b:c', 'a@b:c'])
  assert.deepEqual(passwordsIn('postgres://u@h/d?sslmode=require&password=s%20x#y'), [
    's%20x',
    's x',
  ])
  assert.deepEqual(passwordsIn('postgres://u:100%@h/d'), ['100%'])
  assert.deepEqual(passwordsIn('postgres://u@h/d'), [])
  assert.deepEqual(passwordsIn('/srv/backups'), [])
})
