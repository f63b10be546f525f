import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const HOLDFAST = join(import.meta.dirname, '..', 'bin', 'holdfast')
const READY_MS = 60_000

/**
 * The server's guardian. Its stdin is a pipe that only our process holds open: when that ends, however our process
 * ends, the server is stopped, with its own PostgreSQL, and the directory is removed.
 */
const GUARDIAN = `
dir=$1; shift
exec 3<&0 </dev/null
"$@" >>"$dir/log" 2>&1 3<&- &
server=$!
{
  read -r _ <&3
  kill -TERM $server || exit
  tries=0
  while [ $tries -lt 300 ]; do
    sleep 0.1
    kill -0 $server || exit
    tries=$((tries + 1))
  done
  kill -KILL $server
} >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $server
kill $guard 2>/dev/null
left="$dir/data/postgres/data/postmaster.pid"
if [ -f "$left" ]; then kill -QUIT "$(head -n 1 "$left")" 2>/dev/null; fi
rm -rf "$dir"
`

/** `holdfast serve` on a loopback port, gone when it is stopped or this process ends. */
export class GuardedServer {
  readonly url: string
  /** Its data directory. */
  readonly dataDir: string
  readonly #guardian: ChildProcess

  private constructor(guardian: ChildProcess, url: string, dataDir: string) {
    this.#guardian = guardian
    this.url = url
    this.dataDir = dataDir
  }

  /** Starts it in `dir`, which is removed with it; its log is there, too. */
  static start(dir: string, port: number, env: Readonly<Record<string, string>>): GuardedServer {
    const ours = Object.entries(process.env).filter(([name]) => !/^(HOLDFAST_|PG)/.test(name))
    const dataDir = join(dir, 'data')
    const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'sh', dir, HOLDFAST, 'serve'], {
      cwd: '/',
      env: {
        ...Object.fromEntries(ours),
        HOLDFAST_DATA_DIR: dataDir,
        HOLDFAST_PORT: String(port),
        HOLDFAST_STOP_SECONDS: '1',
        ...env,
      },
      detached: true, // Ctrl-C at the terminal ends us first, and the guardian after us
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    return new GuardedServer(guardian, `http://127.0.0.1:${port}`, dataDir)
  }

  /** Waits until it answers that it is ready. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_MS
    while (!(await this.#isReady())) {
      if (this.#isOver) throw new Error('the Holdfast server ended as it started')
      if (performance.now() > deadline) throw new Error('the Holdfast server was not ready in time')
      await sleep(50)
    }
  }

  /** Waits for its end. */
  async ended(): Promise<void> {
    if (!this.#isOver) await once(this.#guardian, 'exit')
  }

  /** Stops it and removes its directory. */
  async stop(): Promise<void> {
    const ended = this.ended()
    this.#guardian.stdin?.end()
    await ended
  }

  get #isOver(): boolean {
    return this.#guardian.exitCode !== null || this.#guardian.signalCode !== null
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok
    } catch {
      // Nobody listens yet.
      return false
    }
  }
}
