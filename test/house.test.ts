import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const MAX_LINES = 500

/** Who may import whom inside src; what is absent is forbidden. `*`: everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  stream: ['core'],
  catalog: ['core'],
  storage: ['core', 'stream'],
  engines: ['core', 'stream'],
  repository: ['core', 'stream', 'storage/storage.ts'],
  operations: ['core', 'stream', 'repository/repository.ts', 'engines/engine.ts'],
  jobs: ['core', 'catalog', 'operations'],
  api: ['core', 'catalog', 'jobs/queue.ts'],
  cli: ['core', 'operations', 'api/schema'],
  // It runs in browsers, and nothing of the server does.
  client: [],
  'config.ts': ['core'],
  'log.ts': [],
  'greeting.ts': ['core', 'catalog', 'api', 'engines', 'config.ts', 'log.ts'],
  // The places that open registries and pass instances down, and the package's public face.
  'main.ts': ['*'],
  'outside.ts': ['*'],
  'outside-backups.ts': ['*'],
  'runner.ts': ['*'],
  'transfer.ts': ['*'],
  'cli/main.ts': ['*'],
  'index.ts': ['*'],
}
const READS_ENVIRONMENT = new Set(['src/config.ts', 'src/main.ts', 'src/cli/main.ts'])

const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter(path => path !== '' && existsSync(join(ROOT, path)))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const code = files.filter(path => /\.tsx?$/.test(path))
const src = code.filter(path => path.startsWith('src/'))
const web = code.filter(path => path.startsWith('web/src/'))

/** What a file imports: paths from the root for its own kind, names for packages. */
function importsOf(path: string): string[] {
  const statements = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'/gm
  const calls = /\bimport\(\s*'([^']+)'/g
  const found = [...read(path).matchAll(statements), ...read(path).matchAll(calls)]
  return found
    .map(match => match[1] ?? match[2] ?? '')
    .map(name => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name))
}

/** The row of the table for a file below src: its own, or its folder's. */
const rowOf = (path: string) => (path in MAY_IMPORT ? path : (path.split('/')[0] ?? path))

/** `@scope/name/part` is a part of `@scope/name`. */
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

function mayImport(from: string, to: string): boolean {
  const row = rowOf(from)
  if (row === rowOf(to) && !(to in MAY_IMPORT)) return true
  const allowed = MAY_IMPORT[row] ?? []
  return allowed.some(one => one === '*' || to === one || to.startsWith(`${one}/`))
}

describe('the house', () => {
  test('the scanner sees imports of every form', () => {
    assert.ok(importsOf('test/house.test.ts').includes('node:path'))
    assert.ok(importsOf('src/storage/index.ts').includes('src/storage/local/open.ts'))
    assert.ok(importsOf('src/storage/index.ts').includes('src/storage/storage.ts'))
  })

  test('every file in src imports only what the table and package.json allow', () => {
    const { dependencies: declared } = JSON.parse(read('package.json')) as {
      dependencies: Record<string, string>
    }
    const dependencies = new Set(Object.keys(declared))
    const wrong: string[] = []
    for (const path of src) {
      for (const name of importsOf(path).filter(name => !name.startsWith('node:'))) {
        const allowed = name.startsWith('src/')
          ? mayImport(path.slice(4), name.slice(4))
          : dependencies.has(packageOf(name))
        if (!allowed) wrong.push(`${path} → ${name}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('the dashboard imports itself, the client and what it is built with, and nothing imports it', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>
    }
    const tools = new Set(Object.keys(devDependencies))
    const wrong = web.flatMap(path =>
      importsOf(path)
        .filter(name =>
          /^(src|web)\//.test(name)
            ? !/^(web\/src|src\/client)\//.test(name)
            : !tools.has(packageOf(name)),
        )
        .map(name => `${path} → ${name}`),
    )
    assert.deepEqual(wrong, [])
    assert.deepEqual(
      src.filter(path => importsOf(path).some(name => name.startsWith('web/'))),
      [],
    )
  })

  test('every folder and file directly in src has its row in the table', () => {
    const rows = new Set(src.map(path => path.slice(4)).map(rowOf))
    assert.deepEqual(
      [...rows].filter(row => !(row in MAY_IMPORT)),
      [],
    )
  })

  test('nobody imports a cycle', () => {
    assert.deepEqual(cycles(), [])
  })

  test('only config and the mains read the environment', () => {
    const readers = src.filter(path =>
      /\bprocess\.env\b|\{[^}]*\benv\b[^}]*\} from 'node:process'/.test(uncommented(path)),
    )
    assert.deepEqual(
      readers.filter(path => !READS_ENVIRONMENT.has(path)),
      [],
    )
  })

  test('nothing in src prints past the command line', () => {
    assert.deepEqual(
      src.filter(path => /\bconsole\./.test(uncommented(path))),
      [],
    )
  })

  test(`no file of code is longer than ${MAX_LINES} lines`, () => {
    const written = code.filter(path => !read(path).startsWith('// Generated by '))
    const long = written.filter(path => read(path).split('\n').length - 1 > MAX_LINES)
    assert.deepEqual(long, [])
  })

  test('no file names the machine it was made on, or a registry', () => {
    // Put together here, so that this file does not hold what it looks for.
    const machine = ['', 'work', ''].join('/')
    const host = new RegExp(`https?://[\\w.-]*(${['regis', 'npm'].join('|')})[\\w.-]*`)
    const found = files.filter(path => read(path).includes(machine) || host.test(read(path)))
    assert.deepEqual(found, [])
  })

  test('the lockfile pins contents, not hosts', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; integrity?: string }>
    }
    for (const [name, entry] of Object.entries(lock.packages)) {
      assert.equal(entry.resolved, undefined, name)
      if (name !== '') assert.match(entry.integrity ?? '', /^sha512-/, name)
    }
  })
})

/** The code of a file without whole-line comments. */
const uncommented = (path: string) => read(path).replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')

function cycles(): string[] {
  const all = [...src, ...web]
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    } else if (!done.has(path)) {
      for (const next of importsOf(path)) {
        if (all.includes(next)) visit(next, [...trail, path])
      }
      done.add(path)
    }
  }
  for (const path of all) visit(path, [])
  return found
}
