import { z } from 'zod'
import type { Fault } from './fault.ts'
import { FaultCode } from './fault-code.ts'
import { FINDING_HINTS, FindingCode, sayFinding } from './findings.ts'

/** What is looked at before a restore, in the order in which it is told. */
export const PREFLIGHT_CHECKS = [
  'backup',
  'login',
  'versions',
  'rights',
  'target',
  'connections',
  'locale',
  'extensions',
  'roles',
  'owners',
  'superuser',
  'tablespaces',
  'subscriptions',
  'space',
] as const
export type PreflightCheckName = (typeof PREFLIGHT_CHECKS)[number]

export const PreflightCheck = z.object({
  name: z.enum(PREFLIGHT_CHECKS),
  outcome: z
    .enum(['ok', 'warning', 'problem', 'unknown'])
    .describe('problem: the restore would fail; unknown: nobody here can tell'),
  message: z.string(),
  /** The next step, where there is one. */
  hint: z.nullable(z.string()),
  code: z
    .union([FindingCode, FaultCode, z.string()])
    .describe(
      'what the message says: a finding, or the kind of fault that a restore would end with',
    ),
  details: z
    .record(z.string(), z.unknown())
    .describe('the names and numbers in the message; each code has its own'),
})
export type PreflightCheck = z.infer<typeof PreflightCheck>

/** What a check came to. */
export type Finding = Omit<PreflightCheck, 'name'>

export function found<Code extends FindingCode>(
  outcome: Finding['outcome'],
  ...said: Parameters<typeof sayFinding<Code>>
): Finding {
  const finding = sayFinding(...said)
  return { outcome, ...finding, hint: FINDING_HINTS[finding.code] ?? null }
}

export const foundFault = ({ code, message, hint, details }: Fault): Finding => ({
  outcome: 'problem',
  code,
  message,
  hint,
  details,
})

/** The database that a restore would go into; null is what could not be looked at. */
export const PreflightTarget = z.object({
  /** `shop@db.example.org:5432` */
  label: z.string(),
  /** The version of its server. */
  server: z.nullable(z.string()),
  exists: z.nullable(z.boolean()),
  /** A new database, and one that does not exist, holds nothing. */
  empty: z.nullable(z.boolean()),
  bytes: z.nullable(z.number()),
  tables: z.nullable(z.number().int()),
  owner: z.nullable(z.string()),
})
export type PreflightTarget = z.infer<typeof PreflightTarget>

/** A target that nobody could look at. */
export const UNSEEN: Omit<PreflightTarget, 'label'> = {
  server: null,
  exists: null,
  empty: null,
  bytes: null,
  tables: null,
  owner: null,
}

/** What a replacement takes from the live database, table by table, those that lose most first; and what it brings back. */
export const PreflightLosses = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      /** Which of the two has this table. */
      in: z.enum(['both', 'live', 'backup']),
      /** In the live database; null: it has no such table, or nobody can tell. */
      liveRows: z.nullable(z.number()),
      /** Whether these were counted, as those of small tables are; otherwise the server estimates them. */
      counted: z.boolean(),
      /** null: the backup does not have this table. */
      backupRows: z.nullable(z.number().int()),
    }),
  ),
  /** How many tables there are, of which up to 200 are told. */
  total: z.number().int(),
  /** How many of all these the backup does not have. */
  onlyLive: z.number().int(),
  /** How many of all these only the backup has: they come back. */
  onlyBackup: z.number().int(),
})
export type PreflightLosses = z.infer<typeof PreflightLosses>

/** What a restore would meet, found by looking only. */
export const Preflight = z.object({
  /** No check is a problem. */
  ready: z.boolean(),
  backup: z.object({
    id: z.string(),
    /** What the backup calls its database. */
    source: z.string(),
    /** The version of the server that it was dumped from. */
    server: z.string(),
    finishedAt: z.iso.datetime(),
    dumpBytes: z.number(),
    tables: z.number().int(),
    rows: z.number().int(),
  }),
  target: PreflightTarget,
  /** What the database that is there would be called afterwards, `YYYYMMDD_HHMMSS` being the time of the swap. */
  keptAs: z.nullable(z.string()),
  checks: z.array(PreflightCheck),
  /** null: nothing is replaced, or nobody could look. */
  losses: z.nullable(PreflightLosses),
})
export type Preflight = z.infer<typeof Preflight>
