import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Secret } from '../../src/core/secret.ts'
import { parseRecoveryKey, recoveryKeyText } from '../../src/repository/recovery-key.ts'
import { Seeded } from './material.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const parse = (text: string) => parseRecoveryKey(new Secret(text))

describe('a recovery key', () => {
  const seeded = new Seeded('recovery')
  const key = seeded.bytes(32)
  const text = recoveryKeyText(key).reveal()

  test('is eight groups of seven letters and digits that nobody mixes up', () => {
    assert.match(text, /^([0-9A-HJKMNP-TV-Z]{7}-){7}[0-9A-HJKMNP-TV-Z]{7}$/)
  })

  test('is read back, for any key', () => {
    for (const bytes of [Buffer.alloc(32), Buffer.alloc(32, 255), Buffer.alloc(32, 1)]) {
      assert.deepEqual(parse(recoveryKeyText(bytes).reveal()), bytes)
    }
    for (let turn = 0; turn < 500; turn++) {
      const bytes = seeded.bytes(32)
      assert.deepEqual(parse(recoveryKeyText(bytes).reveal()), bytes)
    }
  })

  test('may be typed in lower case, without dashes, with spaces, and with O, I and L', () => {
    const sloppy = [
      text.toLowerCase(),
      text.replaceAll('-', ''),
      text.replaceAll('-', ' '),
      `  ${text}\n`,
      text.replaceAll('0', 'o').replaceAll('1', 'l'),
      text.replaceAll('0', 'O').replaceAll('1', 'I'),
    ]
    for (const typed of sloppy) assert.deepEqual(parse(typed), key, typed)
  })

  test('is not accepted with any one letter wrong, any two swapped, or one missing', () => {
    const digits = text.replaceAll('-', '')
    for (let at = 0; at < digits.length; at++) {
      for (const letter of ALPHABET) {
        if (letter === digits[at]) continue
        assert.equal(parse(digits.slice(0, at) + letter + digits.slice(at + 1)), undefined)
      }
      const [a = '', b = ''] = digits.slice(at, at + 2)
      if (b === '' || a === b) continue
      assert.equal(parse(digits.slice(0, at) + b + a + digits.slice(at + 2)), undefined)
    }
    assert.equal(parse(digits.slice(1)), undefined)
    assert.equal(parse(`${digits}0`), undefined)
    assert.equal(parse(digits.replace(/.$/, 'U')), undefined)
    assert.equal(parse(''), undefined)
  })

  test('is not shown by accident', () => {
    assert.equal(String(recoveryKeyText(key)), '[secret]')
  })
})
