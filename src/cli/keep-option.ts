import { InvalidArgumentError } from 'commander'
import { isRule, Keep } from '../core/retention.ts'

/** As people are told to write a rule. */
export const KEEP_FORM =
  'last=3,hourly=24,daily=7,weekly=4,monthly=12,yearly=2,within=30d; any of them'

/** Reads a rule: `daily=7,weekly=4`. Throws InvalidArgumentError. */
export function parseKeep(text: string): Keep {
  const parts = text.split(',').map(part => /^([a-z]+)=(\d{1,6})d?$/.exec(part.trim()) ?? [])
  const pairs = parts.map(([whole = '', name = '', count]) => {
    const isDays = whole.endsWith('d') && name !== 'within'
    return [name, isDays ? Number.NaN : Number(count)] as const
  })
  const isTwice = new Set(pairs.map(([name]) => name)).size < pairs.length
  const keep = Keep.safeParse(Object.fromEntries(pairs))
  if (keep.success && isRule(keep.data) && !isTwice) return keep.data
  throw new InvalidArgumentError(`write what is kept as ${KEEP_FORM}`)
}

/** The same, or `none` for no rule, so that all is kept. */
export const parseKeepOrNone = (text: string): Keep | 'none' =>
  text.trim() === 'none' ? 'none' : parseKeep(text)
