import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { Site } from './site.ts'

const Id = z.string().regex(/^[0-9a-f]{32}$/)
const Sha = z.string().regex(/^[0-9a-f]{64}$/)
const Size = z.number().int().min(0)
const Place = z.strictObject({ id: Id, place: z.string() })
const Backup = z.strictObject({
  id: Id,
  state: z.enum(['good', 'warnings']),
  source: z.strictObject({
    name: z.string(),
    engine: z.literal('postgres'),
    server: z.string(),
    tool: z.string(),
    database: z.string(),
  }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  seconds: z.number(),
  bytes: Size,
  stored: z.strictObject({ bytes: Size, newChunks: Size, reusedChunks: Size }),
  tables: Size,
  rows: Size,
  tags: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  madeBy: z.strictObject({ holdfast: z.string(), host: z.string() }),
  previous: z.nullable(Id),
})
const Table = z.strictObject({
  schema: z.string(),
  name: z.string(),
  rows: Size,
  bytes: Size,
  sha256: Sha,
})
const Side = z.optional(z.strictObject({ rows: Size, bytes: Size, sha256: Sha }))
const Lot = z.strictObject({ count: Size, bytes: Size })
const Key = z.strictObject({
  id: Sha,
  kind: z.enum(['passphrase', 'recovery']),
  label: z.string(),
  created: z.iso.datetime(),
})

/** Programs depend on these documents: a key that comes, goes or changes breaks one of them. */
const DOCUMENTS = {
  backup: z.strictObject({ backup: Backup }),
  list: z.strictObject({
    repository: Place,
    backups: z.array(Backup),
    damaged: z.array(z.strictObject({ id: Id, why: z.string() })),
  }),
  show: z.strictObject({
    backup: Backup,
    streams: z.array(
      z.strictObject({
        name: z.string(),
        format: z.string(),
        bytes: Size,
        chunks: Size,
      }),
    ),
    tables: z.array(Table),
    largeObjects: Lot.extend({ sha256: Sha }),
    sequences: z.array(z.strictObject({ schema: z.string(), name: z.string(), value: z.string() })),
    objects: z.array(
      z.strictObject({
        type: z.string(),
        schema: z.string(),
        name: z.string(),
        owner: z.string(),
        sha256: Sha,
      }),
    ),
  }),
  restore: z.strictObject({
    database: z.string(),
    target: z.enum(['absent', 'empty', 'occupied']),
    kept: z.nullable(z.string()),
    proven: z.strictObject({ tables: Size, rows: Size }),
    reworded: z.array(z.unknown()),
    warnings: z.array(z.string()),
    seconds: z.number(),
    backup: Backup,
  }),
  verify: z.strictObject({
    equal: z.boolean(),
    database: z.string(),
    backup: Backup,
    differences: z.array(
      z.strictObject({
        kind: z.enum(['table', 'sequence', 'large objects', 'object', 'owner', 'definition']),
        name: z.string(),
        change: z.enum(['missing', 'extra', 'differs']),
        detail: z.string(),
      }),
    ),
  }),
  diff: z.strictObject({
    before: Backup,
    after: Backup,
    tables: z.array(
      z.strictObject({
        name: z.string(),
        change: z.enum(['added', 'gone', 'changed', 'same']),
        before: Side,
        after: Side,
      }),
    ),
    objects: z.array(
      z.strictObject({ name: z.string(), change: z.enum(['added', 'gone', 'changed']) }),
    ),
    sequences: z.array(
      z.strictObject({
        name: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
    ),
    largeObjects: z.strictObject({ change: z.enum(['changed', 'same']), before: Lot, after: Lot }),
  }),
  export: z.strictObject({
    output: z.string(),
    stream: z.strictObject({ name: z.string(), format: z.string(), bytes: Size, sha256: Sha }),
    backup: Backup,
  }),
  check: z.strictObject({
    repository: Place,
    whole: z.boolean(),
    readData: z.boolean(),
    counts: z.strictObject({ backups: Size, packs: Size, chunks: Size, bytes: Size }),
    problems: z.array(
      z.strictObject({ object: z.string(), why: z.string(), backups: z.array(Id) }),
    ),
    notes: z.array(z.string()),
    damaged: z.array(z.unknown()),
  }),
  'keys list': z.strictObject({ keys: z.array(Key) }),
  'keys recovery': z.strictObject({ key: Key, recoveryKey: z.string() }),
  forget: z.strictObject({ forgotten: Backup }),
  'forget by rule': z.strictObject({
    dryRun: z.boolean(),
    keep: z.strictObject({ daily: Size }),
    timeZone: z.string(),
    kept: z.array(Backup.extend({ keptBy: z.array(z.string()) })),
    forgotten: z.array(Backup.extend({ keptBy: z.array(z.string()) })),
  }),
  error: z.strictObject({
    error: z.strictObject({
      code: z.string().regex(/^[A-Z_]+$/),
      message: z.string(),
      hint: z.string(),
      exit: z.number().int(),
    }),
  }),
}

describe('--json prints one document of a known form', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await site.server.query('postgres', 'create database shop')
    await site.server.query('shop', 'create table orders (id serial, what text)')
    await site.init()
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP', '--tag', 'of=json'])
    await site.server.query('shop', "insert into orders (what) values ('one'), ('two')")
  })
  after(() => site.close())

  const dump = () => join(site.dir, 'shop.dump')
  const commands = (): [keyof typeof DOCUMENTS, number, string[]][] => [
    ['verify', 1, ['verify', 'latest', '--against', 'env:DB_SHOP']],
    ['backup', 0, ['backup', '--source', 'env:DB_SHOP']],
    ['list', 0, ['list']],
    ['show', 0, ['show', 'latest']],
    ['restore', 0, ['restore', 'latest', '--target', 'env:DB_SHOP', '--replace']],
    ['export', 0, ['export', 'latest', '--output', dump()]],
    ['check', 0, ['check', '--read-data']],
    ['keys list', 0, ['keys', 'list']],
    ['keys recovery', 0, ['keys', 'recovery']],
    ['forget by rule', 0, ['forget', '--keep', 'daily=7', '--dry-run']],
    ['forget', 0, ['forget', 'latest']],
    ['error', 2, ['forget', 'latest', '--dry-run']],
    ['error', 14, ['show', 'ffff']],
    ['error', 2, ['show']],
    ['error', 2, ['list', '--nonsense']],
  ]

  test('every command', async () => {
    for (const [name, code, args] of commands()) {
      const document = await site.json<unknown>(code, args)
      const { error } = DOCUMENTS[name].safeParse(document)
      assert.equal(error, undefined, `${name}: ${error?.message}\n${JSON.stringify(document)}`)
    }
  })

  test('diff', async () => {
    const { backup: first } = await site.json<{ backup: { id: string } }>(0, [
      'backup',
      '--source',
      'env:DB_SHOP',
    ])
    await site.server.query('shop', "insert into orders (what) values ('three')")
    await site.server.query('shop', 'create view all_orders as select * from orders')
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
    const document = DOCUMENTS.diff.parse(await site.json<unknown>(0, ['diff', first.id, 'latest']))
    assert.deepEqual(
      document.tables.map(({ name, change }) => [name, change]),
      [['public.orders', 'changed']],
    )
    assert.deepEqual(document.objects, [{ name: 'view public.all_orders', change: 'added' }])
    assert.deepEqual(document.sequences, [
      { name: 'public.orders_id_seq', before: '2', after: '3' },
    ])
  })
})
