import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'

const MOST_DELAY_MS = 50
/** Of a processor: who works through bytes takes all of one. */
const MOST_SHARE = 0.5

/** Watches the event loop of this process; what is answered ends that, and fails where it was not free. */
export function watchLoop(): () => void {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const cpu = process.cpuUsage()
  const began = performance.now()
  return () => {
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    const share = (user + system) / 1000 / (performance.now() - began)
    const p99 = delay.percentile(99) / 1e6
    // Where others have the processors, the loop is late without having done anything.
    const isFree = p99 < MOST_DELAY_MS || share < MOST_SHARE
    assert.ok(isFree, `p99 ${p99} ms, ${share} of a processor`)
  }
}
