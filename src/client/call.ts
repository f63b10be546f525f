/** What may be said with every request. */
export interface CallOptions {
  /** Ends the request. */
  readonly signal?: AbortSignal
  /** Sent again with the same key, a request means what it meant the first time. */
  readonly idempotencyKey?: string
}

/** The bytes of a file to send. */
export type FileUpload =
  | Blob
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  | ReadableStream<Uint8Array>
  | string

/** A file as it comes. */
export interface FileDownload {
  /** As the server calls it. */
  readonly name: string
  readonly type: string
  readonly bytes: number | undefined
  readonly body: ReadableStream<Uint8Array>
}
