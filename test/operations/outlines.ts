import { createHash } from 'node:crypto'
import type { Outline } from '../../src/core/backup.ts'

type Table = Outline['tables'][number]
type SchemaObject = Outline['objects'][number]

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

/** A table of schema `shop` with these lines as its rows. */
export function table(name: string, ...lines: string[]): Table {
  const data = lines.map(line => `${line}\n`).join('')
  return {
    schema: 'shop',
    name,
    rows: lines.length,
    bytes: data.length,
    sha256: sha(data),
    at: [0, data.length],
  }
}

export const object = (type: string, name: string, definition = name): SchemaObject => ({
  type,
  schema: 'shop',
  name,
  owner: 'app',
  sha256: sha(definition),
})

/** An outline with nothing in it but what is given. */
export const outline = (parts: Partial<Outline>): Outline => ({
  tables: [],
  largeObjects: { count: 0, bytes: 0, sha256: sha(''), at: [] },
  sequences: [],
  objects: [],
  ...parts,
})
