import type { Secret } from '../../core/secret.ts'
import type { Style } from './style.ts'
import { padEnd, widthOf } from './text.ts'

/** A recovery key in its box, with what to do with it. */
export function recoveryKeyLines(key: Secret, width: number, style: Style): string[] {
  return [
    ...boxed('RECOVERY KEY', key.reveal(), width, style),
    '',
    'This key opens the repository when the passphrase is lost. It is shown this once only:',
    'store it now, away from this machine, on paper or in a password manager.',
    'With neither passphrase nor recovery key, nobody can read the backups again.',
  ]
}

function boxed(title: string, text: string, width: number, style: Style): string[] {
  const lines = wrapped(text, width - 6)
  const widest = Math.max(...lines.map(widthOf), widthOf(title))
  const empty = `│${' '.repeat(widest + 4)}│`
  return [
    `┌ ${style.bold(title)} ${'─'.repeat(widest + 2 - widthOf(title))}┐`,
    empty,
    ...lines.map(line => `│  ${style.bold(padEnd(line, widest))}  │`),
    empty,
    `└${'─'.repeat(widest + 4)}┘`,
  ]
}

/** Breaks after the dashes of a key that is too long for one line. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const group of text.split(/(?<=-)/)) {
    if (line !== '' && widthOf(line + group) > width) {
      lines.push(line)
      line = ''
    }
    line += group
  }
  return [...lines, line]
}
