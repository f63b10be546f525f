import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Site } from '../cli/site.ts'
import type { Running } from '../support/holdfast.ts'

const MB = 1_000_000
/** What does not compress, of which a writer holds three packs of 32 MiB at most: more than that in both. */
const SMALL = 112 * MB
const LARGE = 2 * SMALL
/** Room for when the garbage is collected; far less than what the large one has more. */
const MARGIN = 60 * MB
const LIMIT = 300 * MB

describe('memory is flat', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await site.init()
    await fill('small', SMALL)
    await fill('large', LARGE)
  })
  after(() => site.close())

  async function fill(database: string, bytes: number): Promise<void> {
    await site.server.query('postgres', `create database ${database}`)
    const file = join(site.server.dir, 'random')
    const part = Buffer.alloc(28 * MB)
    for (let at = 0; at < bytes; at += part.length) {
      writeFileSync(file, randomFillSync(part))
      await site.server.query(database, 'select lo_import($1)', [file])
    }
    rmSync(file)
  }

  for (const [what, args] of [
    ['a backup', (name: string) => ['backup', '--source', `env:DB_${name}`]],
    ['a backup of what is there already', name => ['backup', '--source', `env:DB_${name}`]],
    [
      'a restore',
      name => ['restore', `latest:${name.toLowerCase()}`, '--target', `env:DB_${name}_COPY`],
    ],
    ['a check of every byte', () => ['check', '--read-data']],
  ] satisfies [string, (name: string) => string[]][]) {
    test(`of ${what}, twice the data takes at most ${MARGIN / MB} MB more`, async t => {
      const small = await peakOf(site.start(args('SMALL')))
      const large = await peakOf(site.start(args('LARGE')))
      t.diagnostic(`${(small / MB).toFixed(0)} MB, ${(large / MB).toFixed(0)} MB`)
      assert.ok(large - small < MARGIN, `${small} grew to ${large}`)
      assert.ok(large < LIMIT, `${large}`)
    })
  }
})

/** The most memory that a command's own process held, as the kernel tells it until just before its end. */
async function peakOf(running: Running): Promise<number> {
  const over = new AbortController()
  const ended = running.ended.finally(() => over.abort())
  let peak = 0
  while (!over.signal.aborted) {
    peak = Math.max(peak, highWater(running.child.pid))
    await sleep(5)
  }
  const { code, stderr } = await ended
  assert.equal(code, 0, stderr)
  return peak
}

function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0 // it has ended
  }
}
