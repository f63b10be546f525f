import type { Backup } from '../../../../src/client/index.ts'
import { problemOf, unreachable } from '../../../../src/client/problem.ts'
import { SERVER } from '../../data/client.ts'

interface Upload {
  readonly file: File
  readonly repository: string
  readonly source: string
  readonly onProgress: (bytes: number) => void
  readonly signal: AbortSignal
}

/** Sends a dump; unlike `fetch`, this tells how much of it has gone out. */
export function uploadDump({ file, repository, source, onProgress, signal }: Upload) {
  return new Promise<Backup>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const query = new URLSearchParams({ source, name: file.name.slice(0, MOST_LETTERS) })
    const where = `/api/v1/repositories/${encodeURIComponent(repository)}/uploads`
    request.open('POST', `${SERVER}${where}?${query.toString()}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('load', () => void answerOf(request).then(resolve, reject))
    request.addEventListener('error', () =>
      reject(unreachable(SERVER, new Error('the connection broke'))),
    )
    request.addEventListener('abort', () => reject(new Stopped()))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

const MOST_LETTERS = 200

/** Whoever uploads has stopped it. */
export class Stopped extends Error {}

async function answerOf(request: XMLHttpRequest): Promise<Backup> {
  const { status, responseText } = request
  if (status >= 200 && status < 300) return JSON.parse(responseText) as Backup
  const type = request.getResponseHeader('content-type') ?? ''
  throw await problemOf(new Response(responseText, { status, headers: { 'content-type': type } }))
}
