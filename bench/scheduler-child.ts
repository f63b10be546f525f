// One dispatcher in a process of its own: `node scheduler-child.ts`, with the catalog's URL in CATALOG_URL.
import process from 'node:process'
import { Catalog } from '../src/catalog/db.ts'
import { Scheduler } from '../src/jobs/scheduler.ts'

const connectionString = process.env.CATALOG_URL
if (connectionString === undefined) throw new Error('CATALOG_URL is not set')
const catalog = new Catalog({ connectionString })
const say = (_: object, sentence: string) => console.error(sentence)
const scheduler = new Scheduler({ catalog, log: { debug: say, info: say, warn: say, error: say } })
scheduler.start()
process.send?.('started')
process.once('disconnect', () => process.exit())
