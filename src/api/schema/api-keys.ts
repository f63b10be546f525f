import { z } from 'zod'
import { RoleName, ScopeName } from './account.ts'
import { Name, Time } from './common.ts'

export const ApiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whose it is; null: it was made on the server itself. */
  owner: z.nullable(z.string()),
  /** It never may more than its owner. */
  role: RoleName,
  /** Null: everything that its role may do. */
  scopes: z.nullable(z.array(ScopeName)),
  createdAt: Time,
  /** Null: never. */
  expiresAt: z.nullable(Time),
  lastUsedAt: z.nullable(Time),
})
export type ApiKey = z.output<typeof ApiKey>

export const ApiKeyList = z.object({ keys: z.array(ApiKey) })

export const LONGEST_KEY_DAYS = 3650

export const NewApiKey = z.strictObject({
  name: Name,
  role: RoleName.optional().describe('no more than your own; absent: your own'),
  scopes: z
    .array(ScopeName)
    .min(1)
    .max(50)
    .optional()
    .describe('absent: everything that you may do and its role allows'),
  expiresInDays: z
    .nullable(z.number().int().min(1).max(LONGEST_KEY_DAYS))
    .default(365)
    .describe(
      'null: it never expires; one that is made with a key ends with that one at the latest',
    ),
})
export type NewApiKey = z.input<typeof NewApiKey>

/** The one answer that holds a key: it is shown this once only. */
export const AddedApiKey = z.object({ key: ApiKey, secret: z.string() })
