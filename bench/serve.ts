import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { tempDir } from '../support/temp-dir.ts'
import type { LoopDelay } from './loop-watch.ts'

export const HOLDFAST = join(import.meta.dirname, '..', 'bin', 'holdfast')
const WATCH = pathToFileURL(join(import.meta.dirname, 'loop-watch.ts')).href

export interface Server {
  readonly server: ChildProcess
  readonly port: number
  /** Commands find it by this. */
  readonly env: Readonly<Record<string, string>>
}

/** Starts a server, with a data directory of its own, and returns once it is ready. */
export async function startServer(settings: Readonly<Record<string, string>>): Promise<Server> {
  const dir = tempDir()
  chmodSync(dir, 0o711)
  const env = { HOLDFAST_DATA_DIR: join(dir, 'data'), HOLDFAST_PORT: '0', ...settings }
  const server = spawn(HOLDFAST, ['serve'], {
    env: { ...process.env, ...env, NODE_OPTIONS: `--import ${WATCH}` },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  process.once('exit', () => server.kill())
  let said = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  for (;;) {
    const port = /"ready on https?:\/\/[^:]+:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return { server, port: Number(port), env }
    if (server.exitCode !== null) throw new Error(`the server did not start: ${said}`)
    await sleep(5)
  }
}

export async function stopServer(server: ChildProcess): Promise<void> {
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  await exited
}

/** How the event loop of a server fared since it was last asked. */
export async function loopDelay(server: ChildProcess): Promise<LoopDelay> {
  const answered = once(server, 'message')
  server.send('how was it')
  const [delay] = (await answered) as [LoopDelay]
  return delay
}
