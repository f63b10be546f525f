// A runner that dies, stands still, or hangs so that only SIGKILL ends it, at a step that it is told in its arguments: the step, what happens,
// and a file that must not be there yet, so that only the first one does. The rest is src/runner.ts itself,
// watched from outside by what it tells its worker.
import { existsSync, writeFileSync } from 'node:fs'
import process from 'node:process'

const [step, happens = 'SIGKILL', once = ''] = process.argv.slice(2)

function reach(reached: string): void {
  if (reached !== step || (once !== '' && existsSync(once))) return
  if (once !== '') writeFileSync(once, reached)
  if (happens === 'abort') process.abort()
  if (happens === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  process.kill(process.pid, happens)
}

const send = process.send?.bind(process)
process.send = (message: { type: string; stage?: string }, ...rest: unknown[]) => {
  if (message.type === 'stage' && message.stage === 'preparing') reach('preparing')
  if (message.type === 'stage' && message.stage === 'finishing') reach('streaming')
  if (message.type === 'commit') reach('before manifest')
  if (message.type === 'done') reach('after manifest')
  return (send as (...args: unknown[]) => boolean)(message, ...rest)
}

process.on('message', (message: { type: string }) => {
  if (message.type === 'leave') reach('leave')
})

reach('started')
await import('../../src/runner.ts')
