import { z } from 'zod'
import { Name, Time } from './common.ts'

export const ApiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  createdAt: Time,
  lastUsedAt: z.nullable(Time),
})
export type ApiKey = z.output<typeof ApiKey>

export const ApiKeyList = z.object({ keys: z.array(ApiKey) })

export const NewApiKey = z.strictObject({ name: Name })

/** The one answer that holds a key: it is shown this once only. */
export const AddedApiKey = z.object({ key: ApiKey, secret: z.string() })
