// `npm run wasm`: makes WebAssembly of copy-data.wat anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import wabt from 'wabt'

const PLACE = join(import.meta.dirname, '..', 'src', 'engines', 'postgres')
const SOURCE = join(PLACE, 'copy-data.wat')
/** Where the module is: a checkout runs as it is, so it cannot be left to a build. */
export const MODULE = join(PLACE, 'copy-data-wasm.ts')

/** The module as it should be. */
export async function currentModule(): Promise<string> {
  const tools = await wabt()
  const text = readFileSync(SOURCE, 'ascii')
  const parsed = tools.parseWat(SOURCE, text, { simd: true, bulk_memory: true })
  parsed.validate()
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64')
  const lines = (base64.match(/.{1,92}/g) ?? []).map(line => `  '${line}'`)
  return [
    '/** Made of copy-data.wat by `npm run wasm`. */',
    'export const COPY_DATA =',
    lines.join(' +\n'),
    '',
  ].join('\n')
}

if (import.meta.filename === process.argv[1]) writeFileSync(MODULE, await currentModule())
