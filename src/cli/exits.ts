/** Exit codes, with what they mean to whoever calls the command line from a script. */
export const EXITS = {
  0: 'done',
  1: 'failed',
  2: 'wrong use of the command',
  3: 'done, with warnings',
  10: 'no repository there',
  11: 'the repository is locked',
  12: 'wrong passphrase or recovery key',
  13: 'something is damaged',
  14: 'no such backup',
  130: 'interrupted',
} as const

export type Exit = keyof typeof EXITS

export const DONE: Exit = 0
export const FAILED: Exit = 1
export const WRONG_USE: Exit = 2
export const WARNED: Exit = 3
export const LOCKED: Exit = 11
export const DAMAGED: Exit = 13
export const INTERRUPTED: Exit = 130
