import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { tempDir } from '../../support/temp-dir.ts'
import { type Running, startHoldfast } from './holdfast.ts'

/** A new data directory's path, in a place that the embedded server's user can reach, too. */
export function newDataDir(owner?: { uid: number; gid: number }): string {
  const parent = tempDir()
  chmodSync(parent, 0o711)
  const path = join(parent, 'data')
  if (owner) {
    mkdirSync(path, { mode: 0o700 })
    chownSync(path, owner.uid, owner.gid)
  }
  return path
}

/** `holdfast serve` on a data directory, at a port of its own. */
export interface TestServer extends Running {
  readonly dataDir: string
  readonly socket: string
  readonly port: number
  /** Waits until it answers that it is ready. */
  ready(): Promise<void>
}

export async function startServer(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  owner?: { uid: number; gid: number },
): Promise<TestServer> {
  const port = Number(env.HOLDFAST_PORT ?? (await freePort()))
  const running = startHoldfast(['serve'], {
    env: { ...env, HOLDFAST_DATA_DIR: dataDir, HOLDFAST_PORT: String(port) },
    cwd: '/',
    ...(owner && { owner }),
  })
  const socket = join(dataDir, 'holdfast.sock')
  const ready = async () => {
    while ((await answer(socket, '/health/ready')).status !== 200) {
      const { exitCode, signalCode } = running.child
      if (exitCode !== null || signalCode !== null) throw new Error(running.stderr())
      await sleep(20)
    }
  }
  return { ...running, dataDir, socket, port, ready }
}

/** What the server answers on its socket; status 0: nobody answers. */
export async function answer(
  socketPath: string,
  path: string,
): Promise<{ status: number; body: string }> {
  try {
    const sent = request({ socketPath, path }).end()
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    let body = ''
    for await (const part of response) body += String(part)
    return { status: (response as unknown as { statusCode: number }).statusCode, body }
  } catch {
    return { status: 0, body: '' }
  }
}

/** The process of the embedded PostgreSQL in a data directory, while it lives. */
export function postgresOf(dataDir: string): number | undefined {
  try {
    const file = readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')
    const pid = Number(file.split('\n')[0])
    return readlinkSync(`/proc/${pid}/exe`).startsWith(dataDir) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Waits for something to become true; what it is stands in the error when it does not in time. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
  everyMs = 20,
) {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`)
    await sleep(everyMs)
  }
}

/** Ends at once whatever a test may have left in a data directory. */
export async function sweep(server: TestServer): Promise<void> {
  server.child.kill('SIGKILL')
  await server.ended
  const postgres = postgresOf(server.dataDir)
  if (postgres === undefined) return
  process.kill(postgres, 'SIGQUIT')
  await eventually('the end of PostgreSQL', () => postgresOf(server.dataDir) === undefined)
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
