// What a command that ends with a fault answers its shell.

export const FAILED = 1
export const WRONG_USE = 2
export const NO_REPOSITORY = 10
export const LOCKED = 11
export const WRONG_KEY = 12
export const DAMAGED = 13
export const NO_BACKUP = 14
export const INTERRUPTED = 130
