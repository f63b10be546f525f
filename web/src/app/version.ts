declare const HOLDFAST_VERSION: string

/** Of the program that this page came with. */
export const VERSION = HOLDFAST_VERSION
