import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { FaultCode } from '../../core/fault-code.ts'
import { Failure, RetryPolicy } from '../../core/run.ts'
import { Blackout } from '../../core/schedule.ts'

type Module = Readonly<Record<string, unknown>>

const SCHEMAS = join(import.meta.dirname, '..', 'schema')

/** The documents and choices that have a name of their own; texts and numbers are told where they stand. */
export const NAMED: Readonly<Record<string, z.ZodType>> = namesOf([
  { Failure, FaultCode, RetryPolicy, Blackout },
  ...(await schemaModules()),
])

/** Every module of ../schema: what it exports has its name in the reference and in the client. */
async function schemaModules(): Promise<Module[]> {
  const files = readdirSync(SCHEMAS).filter(file => /(?<!\.d)\.[jt]s$/.test(file))
  return await Promise.all(
    files.map(async file => (await import(pathToFileURL(join(SCHEMAS, file)).href)) as Module),
  )
}

function namesOf(modules: readonly Module[]): Record<string, z.ZodType> {
  const found: Record<string, z.ZodType> = {}
  for (const [name, value] of modules.flatMap(one => Object.entries(one))) {
    if (!isNamed(value)) continue
    if (name in found && found[name] !== value) throw new Error(`two schemas are called ${name}`)
    found[name] = value
  }
  return found
}

function isNamed(value: unknown): value is z.ZodType {
  return value instanceof z.ZodObject || value instanceof z.ZodUnion || value instanceof z.ZodEnum
}
