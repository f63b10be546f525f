const SHOP = '0198c7a2-5d0e-7c39-9a53-0c8f4a1b7e21'
const MAIN = '0198c7a1-11f4-7a0b-8f0d-2b6f5c3a9d10'
const NIGHTLY = '0198c7a3-9b2c-7e4d-b1c8-6d5e4f3a2b1c'
const RUN = '0198c7b0-4f2a-7d91-8c0e-1a2b3c4d5e6f'

const source = {
  id: SHOP,
  name: 'shop',
  engine: 'postgres',
  host: 'db.example.org:5432',
  database: 'shop',
  label: 'shop@db.example.org:5432',
  formerLabels: [],
  createdAt: '2026-05-01T08:00:00.000Z',
}

const run = {
  id: RUN,
  kind: 'backup',
  state: 'completed',
  trigger: 'manual',
  triggeredBy: 'api key deploy',
  slot: null,
  missedSlots: [],
  missedMore: 0,
  source: 'shop',
  sourceId: SHOP,
  repository: 'main',
  repositoryId: MAIN,
  scheduleId: null,
  request: {},
  priority: 100,
  attempt: 1,
  failures: 0,
  wanted: null,
  committing: false,
  progress: null,
  result: {
    backup: '01k2v7c4n8r3',
    source: 'shop@db.example.org:5432',
    bytes: 734003200,
    storedBytes: 8912896,
    tables: 42,
    rows: 1904113,
    seconds: 6.2,
  },
  failure: null,
  touched: null,
  warnings: [],
  backupId: '01k2v7c4n8r3',
  repeats: null,
  queuedAt: '2026-05-01T14:03:00.000Z',
  notBefore: '2026-05-01T14:03:00.000Z',
  startedAt: '2026-05-01T14:03:00.210Z',
  finishedAt: '2026-05-01T14:03:06.480Z',
}

/** One of each that readers look for first, by the name of its schema. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  NewSource: { name: 'shop', url: 'postgres://backup:PASSWORD@db.example.org:5432/shop' },
  Source: source,
  NewRepository: {
    name: 'main',
    url: '/var/backups/holdfast',
    passphrase: 'correct horse battery staple',
  },
  NewSchedule: {
    source: 'shop',
    repository: 'main',
    cron: 'daily at 02:30',
    timeZone: 'Europe/Berlin',
  },
  NewRun: { kind: 'backup', source: 'shop', tags: { before: 'release 4.2' } },
  Run: run,
  RunList: { runs: [run], next: RUN, previous: null },
  Problem: {
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'source shop is at work already: run 4f2a7d91 is running',
    code: 'RUN_IN_THE_WAY',
    hint: 'wait for it, or cancel it: holdfast cancel 4f2a7d91',
    retry: true,
    exit: 11,
    run: RUN,
  },
  Failure: {
    code: 'DATABASE_UNREACHABLE',
    message: 'could not connect to db.example.org:5432: connection refused',
    retry: true,
  },
  ScheduleChanges: { cron: 'every 6 hours', priority: 10 },
  Pointer: { id: NIGHTLY, name: 'nightly' },
}
