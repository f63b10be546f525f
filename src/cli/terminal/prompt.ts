import type { ReadStream } from 'node:tty'
import { Interrupted, WrongUse } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import type { Terminal } from './terminal.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_U = '\x15'
const BACKSPACES = new Set(['\x7f', '\b'])

/** Asks for a line on the terminal without showing what is typed. */
export async function askSecret(
  question: string,
  input: ReadStream,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Secret> {
  input.setEncoding('utf8')
  // First, so that nothing typed at once is shown.
  input.setRawMode(true)
  try {
    terminal.ask(`${question}: `)
    return new Secret(await readLine(input, question, signal))
  } finally {
    input.setRawMode(false)
    input.pause()
    terminal.say('')
  }
}

function readLine(input: ReadStream, question: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (settle: () => void) => {
      input.off('data', onData)
      input.off('end', onEnd)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const interrupted = () =>
      reject(new Interrupted({ what: `asking for the ${question.toLowerCase()}` }))
    const onAbort = () => end(interrupted)
    const onEnd = () =>
      end(() => reject(new WrongUse({ why: 'nothing was typed', hint: 'run it again' })))
    const onData = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed.join('')))
        // In raw mode the terminal sends no signal for Ctrl-C.
        if (character === CTRL_C) return end(interrupted)
        if (character === CTRL_D) return onEnd()
        if (character === CTRL_U) typed = []
        else if (BACKSPACES.has(character)) typed.pop()
        else typed.push(character)
      }
    }
    input.on('data', onData)
    input.on('end', onEnd)
    signal.addEventListener('abort', onAbort)
    input.resume()
  })
}
