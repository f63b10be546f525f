// Loaded into a server that is measured (`node --import`): answers each message with how far its event loop
// lagged behind since the last one, in milliseconds.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'

/** What the server answers. */
export interface LoopDelay {
  readonly p99: number
  readonly max: number
}

if (process.argv.at(-1) === 'serve' && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  process.on('message', () => {
    process.send?.({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } satisfies LoopDelay)
    delay.reset()
  })
  process.channel?.unref() // it must not keep the server from ending
}
