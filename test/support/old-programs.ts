import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../../support/temp-dir.ts'

/** A directory with a pg_dump and a pg_restore that say that they are of this version, and do nothing. */
export function oldPrograms(version: string): string {
  const dir = tempDir()
  for (const name of ['pg_dump', 'pg_restore']) {
    const program = join(dir, name)
    writeFileSync(program, `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`)
    chmodSync(program, 0o755)
  }
  return dir
}
