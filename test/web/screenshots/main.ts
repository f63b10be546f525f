// `npm run screenshots`: pictures of every page of the dashboard, in every scene, for people to look at.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Camera } from './camera.ts'
import { takeLively } from './lively.ts'
import { takeEmpty, takeErrors, takeLong } from './others.ts'
import { smallerPng } from './smaller-png.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const PICTURES = join(ROOT, 'screenshots')
const DOCS = join(ROOT, 'docs', 'images')
const MOST_BYTES = 150_000
/** Nobody scrolls through a picture of a long page. */
const DOCS_HEIGHT = 1000
const USAGE = `npm run screenshots -- [options] [picture …]

Takes pictures of every page into screenshots/, or only those whose names begin so: overview restore-check

  --scene NAME  only this scene: lively, empty, long, errors (may be given again)
  --docs        take those that README and guide show, and put them into docs/images
  --help        show this`

const SCENES: Readonly<Record<string, (camera: Camera) => Promise<void>>> = {
  lively: takeLively,
  empty: takeEmpty,
  long: takeLong,
  errors: takeErrors,
}

/** What README and guide show. */
const FOR_DOCS: readonly string[] = [
  'overview',
  'overview-dark',
  'overview-narrow',
  'restore-check',
  'restore-done',
  'run-retried',
  'schedules-week',
  'welcome-key',
]

// What a scene that failed has left does not keep us.
process.exit(await main())

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scene: { type: 'string', multiple: true, default: [] },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const camera = values.docs
    ? new Camera(PICTURES, FOR_DOCS, DOCS_HEIGHT)
    : new Camera(PICTURES, positionals)
  const scenes = values.docs ? ['lively', 'empty'] : values.scene
  for (const [name, take] of Object.entries(SCENES)) {
    if (scenes.length > 0 && !scenes.includes(name)) continue
    await take(camera).catch((error: unknown) => camera.problems.push(`${name}: ${String(error)}`))
  }
  if (values.docs) camera.problems.push(...copyForDocs())
  console.log(`${camera.taken} pictures in ${PICTURES}`)
  for (const problem of camera.problems) console.error(`  ${problem}`)
  if (camera.taken === 0) console.error('  no picture is called so')
  return camera.taken === 0 || camera.problems.length > 0 ? 1 : 0
}

function copyForDocs(): string[] {
  mkdirSync(DOCS, { recursive: true })
  const problems: string[] = []
  for (const name of FOR_DOCS) {
    const [from, to] = [join(PICTURES, `${name}.png`), join(DOCS, `${name}.png`)]
    if (!existsSync(from)) {
      problems.push(`${name} was not taken`)
      continue
    }
    const small = smallerPng(readFileSync(from))
    writeFileSync(to, small)
    if (small.length > MOST_BYTES) problems.push(`${name} has ${small.length} bytes, too many`)
  }
  return problems
}
