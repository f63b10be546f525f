import { Command } from 'commander'
import { WrongUse } from '../core/faults.ts'
import type { Repository } from '../operations/collaborators.ts'
import type { Context } from './context.ts'
import { EXITS, type Exit } from './exits.ts'

export interface About {
  /** One line, for the list of commands. */
  readonly summary: string
  /** One or more sentences: what it does and what it leaves alone. */
  readonly description: string
  /** A command line without `holdfast`, and what it is for. */
  readonly examples: readonly (readonly [line: string, meaning: string])[]
  /** The exit codes worth knowing here, with another meaning where it is more precise. */
  readonly exits?: Partial<Record<Exit, string>>
  readonly seeAlso: readonly string[]
}

export interface CommonOptions {
  readonly repository?: string
  readonly json?: boolean
}

/** A command that says what it is, and whose help teaches it. */
export function newCommand(name: string, about: About): Command {
  return new Command(name)
    .summary(about.summary)
    .description(about.description)
    .addHelpText('after', () => helpAfter(about))
}

/** A command that works on a repository. */
export const repositoryCommand = (name: string, about: About): Command =>
  newCommand(name, about)
    .option('-r, --repository <url>', 'where the repository is (or HOLDFAST_REPOSITORY)')
    .option('--json', 'print one JSON document on stdout')

/** Opens the repository that the options or the environment name. */
export async function openRepository(
  context: Context,
  options: CommonOptions,
): Promise<Repository> {
  const url = context.credentials.repositoryUrl(options.repository)
  return await context.openRepository(url, await context.credentials.key())
}

/** An option that the command cannot do without; asked for last, so that a mistyped one is named first. */
export function requireOption(value: string | undefined, option: string, what: string): string {
  if (value !== undefined) return value
  throw new WrongUse({
    why: `${what} was not named`,
    hint: `add ${option} URL, or ${option} env:NAME`,
  })
}

function helpAfter(about: About): string {
  const exits = Object.entries({ 0: EXITS[0], 1: EXITS[1], ...about.exits })
  return [
    '',
    'Examples:',
    ...about.examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  holdfast ${line}`]),
    '',
    'Exit codes:',
    ...exits.map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`),
    '',
    `See also: ${about.seeAlso.map(one => `holdfast ${one}`).join(', ')}`,
  ].join('\n')
}

/** Reads `--max-size 10G`: decimal units, binary ones with an i. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?$/i.exec(text.trim())
  const [, number = '', unit = '', binary = ''] = match ?? []
  const power = 'kmgtp'.indexOf(unit.toLowerCase()) + 1
  const bytes = Math.floor(Number(number) * (binary === '' ? 1000 : 1024) ** (unit ? power : 0))
  if (match === null || bytes < 1 || !Number.isSafeInteger(bytes)) {
    throw new WrongUse({ why: `${text} is no size`, hint: 'write it as 500M, 10G or 1.5T' })
  }
  return bytes
}

/** Collects `--tag key=value`, given any number of times. */
export function collectTag(
  text: string,
  tags: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) {
    throw new WrongUse({
      why: `${text} is no tag`,
      hint: 'write it as --tag name=value, for instance --tag release=2.4',
    })
  }
  return { ...tags, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Reads `--jobs 4`. */
export function parseJobs(text: string): number {
  const jobs = Number(text)
  if (!/^\d+$/.test(text) || jobs < 1 || jobs > MOST_JOBS) {
    throw new WrongUse({
      why: `${text} is no number of jobs`,
      hint: `give a number from 1 to ${MOST_JOBS}`,
    })
  }
  return jobs
}

/** More at once than this only queue for the server's disk. */
export const MOST_JOBS = 8
