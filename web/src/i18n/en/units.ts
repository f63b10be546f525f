import type { Units } from '../format.ts'

export const units: Units = {
  none: '–',
  now: 'just now',
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
}
