import type { Repository } from '../../../../src/client/index.ts'

type Known = readonly Pick<Repository, 'name' | 'place'>[]

/** A name that no repository has: `main`, `main-2`. */
export function freeName(wanted: string, known: readonly { readonly name: string }[]): string {
  const taken = new Set(known.map(one => one.name.toLowerCase()))
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`
    if (!taken.has(name.toLowerCase())) return name
  }
}

/** The directory for a repository of that name: beside one that there is, or where the server keeps such things. */
export function suggestedPlace(name: string, known: Known, home: string | undefined): string {
  const beside = known.find(one => one.place.startsWith('/'))?.place.replace(/\/[^/]+\/?$/, '')
  return `${beside ?? home ?? ''}/${slug(name)}`
}

/** A name as a part of a path: letters of any script, digits and dashes. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '') || 'backups'
