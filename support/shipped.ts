import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** What the lock says of a package. */
export interface Package {
  readonly name?: string
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
export const { '': ours = {}, ...packages } = (
  JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Package>
  }
).packages

/** What the package at a place is called: `fast-uri`. */
export const nameAt = (place: string): string => place.replace(/^.*node_modules\//, '')

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
export function inDashboard(): Set<string> {
  const imports = globSync('web/src/**/*.{ts,tsx}', { cwd: ROOT }).flatMap(path =>
    [
      ...readFileSync(join(ROOT, path), 'utf8').matchAll(
        /(?:from|import) '(@[^'/]+\/[^'/]+|[a-z][^'/]*)/g,
      ),
    ].map(([, name = '']) => name),
  )
  return withNeeds(new Set(imports))
}

/** The places of all packages that whoever uses Holdfast gets: installed with it, or in the dashboard's files. */
export const shipped = (): string[] => {
  const installed = Object.keys(packages).filter(place => packages[place]?.dev !== true)
  return [...new Set([...installed, ...inDashboard()])]
}
