// `npm run client`: writes the types of the client anew.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { PREFIX } from '../src/api/mount.ts'
import { openApiDocument } from '../src/api/openapi/document.ts'
import { clientTypes } from './client-types.ts'

const ROOT = join(import.meta.dirname, '..')
/** Where the types of the client are. */
export const TYPES = join(ROOT, 'src', 'client', 'types.ts')

/** The types as they should be, laid out as all our code is. */
export function currentTypes(): string {
  const biome = join(ROOT, 'node_modules', '.bin', 'biome')
  return execFileSync(biome, ['format', `--stdin-file-path=${TYPES}`], {
    cwd: ROOT,
    input: clientTypes(openApiDocument(PREFIX)),
    encoding: 'utf8',
  })
}

if (import.meta.filename === process.argv[1]) writeFileSync(TYPES, currentTypes())
