/** The client of a holdfast server: `import { createClient } from 'holdfast/client'`. */
export type { CallOptions, FileDownload, FileUpload } from './call.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { each } from './each.ts'
export { type WatchOptions, watch } from './live.ts'
export { HoldfastError } from './problem.ts'
export type * from './types.ts'
