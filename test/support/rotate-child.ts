// Changes the secret key of a catalog: `node rotate-child.ts URL KEY_FILE STEP`, and kills itself before that
// many steps are done, where a step is a statement or a change of a file. Nothing in src knows of that.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import { Client } from 'pg'

const [, , url = '', path = '', step = ''] = process.argv
// Not yet: modules are loaded by these functions, too.
let left = Number.POSITIVE_INFINITY

function count(): void {
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

type Any = (...args: unknown[]) => unknown
const files = fs as unknown as Record<string, Any>
for (const name of ['openSync', 'writeFileSync', 'fsyncSync', 'linkSync', 'renameSync', 'rmSync']) {
  const real = files[name]
  files[name] = (...args) => {
    count()
    return real?.(...args)
  }
}
syncBuiltinESMExports()
const prototype = Client.prototype as unknown as Record<'query', Any>
const { query } = prototype
prototype.query = function (this: Client, ...args) {
  count()
  return query.apply(this, args)
}

const { Catalog } = await import('../../src/catalog/db.ts')
const { rotateSecretKey } = await import('../../src/catalog/rotate-key.ts')
const catalog = new Catalog({ connectionString: url })
left = Number(step)
await rotateSecretKey(catalog, path, 'test')
await catalog.close()
