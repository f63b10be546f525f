import { PasswordUnfit } from '../../core/faults.ts'
import type { Secret } from '../../core/secret.ts'

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 256
/** A shorter part of a name is in many a good password by chance. */
const SHORTEST_NAME = 4
const FEWEST_CHARACTERS = 5
const SHORTEST_ROW = 3
/** What stands between words, or after the last one to please a rule. */
const SIGN = /[ -/:-@[-`{-~]/

/** What passwords are made of that everybody tries first; as written, and with digits for letters. */
const PIECES = (
  'password passwort passwd pass secret geheim qwerty qwertz qwert asdfgh asdf zxcvbn yxcvbn qazwsx wsxedc ' +
  'qwertyuiop asdfghjkl zxcvbnm admin administrator root user login welcome willkommen hello hallo letmein ' +
  'iloveyou iloveu monkey dragon sunshine princess football baseball soccer hockey master superman batman ' +
  'shadow michael jordan michelle jennifer charlie thomas daniel freedom whatever trustno1 starwars pokemon ' +
  'computer internet server database postgres postgresql mysql mariadb oracle backup backups restore system ' +
  'changeme change default test testing temp temporary guest demo example company office spring summer autumn ' +
  'fall winter january february march april june july august september october november december monday ' +
  'tuesday wednesday thursday friday saturday sunday abc abcd abcdef abcdefgh the my your this is it i me you ' +
  'love god one two new old now key word number please enter'
).split(' ')

const LETTERS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Refuses passwords that a guesser tries early. Throws PasswordUnfit. */
export function requireGoodPassword(
  password: Secret,
  { email, name }: { readonly email: string; readonly name: string },
): void {
  const text = password.reveal().normalize('NFC')
  const length = Array.from(text).length
  if (length < SHORTEST_PASSWORD) {
    throw new PasswordUnfit({ why: `it is shorter than ${SHORTEST_PASSWORD} characters` })
  }
  if (length > LONGEST_PASSWORD) {
    throw new PasswordUnfit({ why: `it is longer than ${LONGEST_PASSWORD} characters` })
  }
  const written = text.toLowerCase()
  const read = written.replace(/[013457@$!]/g, one => LETTERS[one] ?? one)
  const [local = ''] = email.toLowerCase().split('@')
  const own = ['holdfast', email.toLowerCase(), local, ...name.toLowerCase().split(/\s+/)]
  if (own.some(one => one.length >= SHORTEST_NAME && written.includes(one))) {
    throw new PasswordUnfit({ why: 'it holds your name, your e-mail address or "holdfast"' })
  }
  if (new Set(written).size < FEWEST_CHARACTERS || isCommon(written) || isCommon(read)) {
    throw new PasswordUnfit({ why: 'it is made of what everybody tries first' })
  }
}

/** Whether nothing is left of a text without common pieces, signs, and digits that are few or count up or down. */
function isCommon(text: string): boolean {
  // reached[i]: the first i characters are made of such pieces.
  const reached = [true]
  for (let end = 1; end <= text.length; end += 1) {
    reached[end] = piecesBefore(text, end).some(start => reached[start])
  }
  return reached[text.length] ?? false
}

/** Where the pieces begin that end here. */
function piecesBefore(text: string, end: number): number[] {
  const starts = PIECES.filter(piece => text.endsWith(piece, end)).map(piece => end - piece.length)
  if (SIGN.test(text.charAt(end - 1))) starts.push(end - 1)
  // A year, a day and a month, or a row of keys: `2026`, `0507`, `12345678`.
  for (let length = 1; length <= 10 && length <= end; length += 1) {
    const digits = text.slice(end - length, end)
    if (!/^\d+$/.test(digits)) break
    const isLone = !/\d/.test(text.charAt(end - length - 1))
    if ((length <= 4 && isLone) || isRow(digits)) starts.push(end - length)
  }
  return starts
}

/** Digits that go up, down or stay, from 9 on to 0. */
function isRow(digits: string): boolean {
  if (digits.length < SHORTEST_ROW) return false
  const steps = Array.from(digits)
    .slice(1)
    .map((digit, i) => (Number(digit) - Number(digits[i]) + 10) % 10)
  return new Set(steps).size === 1
}
