import { z } from 'zod'
import { FaultCode } from '../../core/fault-code.ts'
import { isTimeZone } from '../../core/wall-time.ts'

// Every document of the API is declared here and beside: the server encodes what it answers with these
// schemas, clients decode it with them. A time is a Date in programs and ISO 8601 in UTC on the way.

/** As a Date writes itself, also in years of more digits. */
const ISO_TIME = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** A moment. Only texts from elsewhere are looked at: one that a Date has just made is one. */
export const Time = z.codec(z.string().meta({ format: 'date-time' }), z.date(), {
  decode: text => new Date(ISO_TIME.test(text) ? text : Number.NaN),
  encode: time => time.toISOString(),
})

/** A moment as it stands in a query. What is none aborts: a rule for two moments must not meet a text. */
export const TimeText = z.iso
  .datetime({ offset: true, abort: true, error: 'it is no time such as 2026-05-01T14:03:00Z' })
  .transform(text => new Date(text))
  .optional()

/** By whose days days are counted: `Europe/Berlin`. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'there is no such time zone')
  .default('UTC')

/** What differs from kind to kind. */
export const Document = z.record(z.string(), z.unknown())

/** A text that the catalog can keep: PostgreSQL takes neither a NUL nor half of a character. */
export const PlainText = (most: number) =>
  z
    .string()
    .min(1, 'it is empty')
    .max(most, `it is longer than ${most} characters`)
    .refine(text => !text.includes('\0') && text.isWellFormed(), 'it holds what is no character')

/** What people call a thing. */
export const Name = z
  .string()
  .trim()
  .min(1, 'it is empty')
  .max(100, 'it is longer than 100 characters')
  .refine(name => !/[\p{Cc}\p{Cs}]/u.test(name), 'it holds a control character')

/** A thing named in a path or a query: by its name, its id, or the beginning of its id. */
export const Reference = PlainText(100)

/** A secret on its way in; no answer ever holds one. */
export const SecretText = PlainText(10_000)

/** A thing, as other documents point to it. */
export const Pointer = z.object({ id: z.string(), name: z.string() })

/** What a route answers that only did something. */
export const Done = z.object({ warnings: z.array(z.string()) })

/** A refused or failed request, as application/problem+json (RFC 9457). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What was attempted on what, and why it failed. */
  detail: z.string(),
  /** The kind of the fault; does not change from version to version. The web server has some of its own: FST_… */
  code: z.union([FaultCode, z.string()]),
  /** The next step. */
  hint: z.string(),
  /** Whether the same request may work later. */
  retry: z.boolean(),
  /** The exit code of a command that ends with it. */
  exit: z.number().int(),
  /** With code INVALID_INPUT: what is wrong with which field. */
  problems: z.array(z.object({ field: z.string(), why: z.string() })).optional(),
  /** With code RUN_IN_THE_WAY: the run that is in the way. */
  run: z.string().optional(),
  /** With code TWO_FACTOR_REQUIRED: what the second step of the login shows. */
  challenge: z.string().optional(),
})
export type Problem = z.output<typeof Problem>
