import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { Interrupted, ToolMissing } from '../../core/faults.ts'
import { collect } from '../../stream/bytes.ts'
import { Tool } from '../../stream/tool.ts'

/** Where programs are looked for. */
export interface ToolPlaces {
  /** Directory that goes before all others (HOLDFAST_PG_BIN). */
  readonly pgBin: string | undefined
  /** The PATH. */
  readonly path: string
}

export type ToolName = 'pg_dump' | 'pg_restore' | 'pg_dumpall'

/** A program of PostgreSQL and its version. */
export interface FoundTool {
  readonly program: string
  /** `15.18` */
  readonly version: string
  readonly major: number
}

/** Where Debian, Red Hat, Homebrew and source builds put the programs; `*` stands for a version. */
const WELL_KNOWN: readonly (readonly [parent: string, child: RegExp, bin: string])[] = [
  ['/usr/lib/postgresql', /^\d/, 'bin'],
  ['/usr', /^pgsql-\d/, 'bin'],
  ['/usr/local', /^pgsql$/, 'bin'],
  ['/opt/homebrew/opt', /^(postgresql|libpq)(@\d+)?$/, 'bin'],
]
/** What installs them; of any version, where none is named. */
const PACKAGES: readonly (readonly [
  program: string,
  any: string,
  of: (major: number) => string,
])[] = [
  ['/usr/bin/apt-get', 'postgresql-client', major => `postgresql-client-${major}`],
  ['/usr/bin/dnf', 'postgresql', major => `postgresql${major}`],
  ['/opt/homebrew/bin/brew', 'libpq', major => `postgresql@${major}`],
]
/** A version that every other one is not below. */
export const ANY_VERSION = 0
/** A version that no program has. */
const NO_VERSION = Number.POSITIVE_INFINITY

/** Finds PostgreSQL's own programs. */
export class Toolbox {
  readonly path: string
  readonly #pgBin: string | undefined

  constructor(places: ToolPlaces) {
    this.path = places.path
    this.#pgBin = places.pgBin
  }

  /**
   * The program of the lowest major version that is not below `least`: it knows all of that server and
   * changes least in what it writes. One in HOLDFAST_PG_BIN goes before all others.
   */
  async find(name: ToolName, least: number, signal: AbortSignal): Promise<FoundTool> {
    const chosen = await this.#search(
      name,
      this.#pgBin === undefined ? [] : [this.#pgBin],
      least,
      signal,
    )
    const fit = lowest(chosen, least)
    if (fit !== undefined) return fit
    const others = await this.#search(name, await this.#directories(), least, signal)
    const best = lowest(others, least)
    if (best !== undefined) return best
    const newest = Math.max(0, ...[...chosen, ...others].map(tool => tool.major))
    const why =
      newest === 0
        ? 'none is installed where it was looked for'
        : `version ${least} is needed, and the newest one here is ${newest}`
    throw new ToolMissing({ tool: name, why, install: await installHint(least) })
  }

  /** Every program of that name that {@link find} might choose. */
  async all(name: ToolName, signal: AbortSignal): Promise<FoundTool[]> {
    const own = this.#pgBin === undefined ? [] : [this.#pgBin]
    const directories = [...own, ...(await this.#directories())]
    const found = await this.#search(name, directories, NO_VERSION, signal)
    // Debian's /usr/bin has a wrapper of the newest one.
    return [...new Map(found.map(tool => [tool.version, tool])).values()]
  }

  /** `stdbuf`, where there is one. */
  async stdbuf(): Promise<string | undefined> {
    return await this.#inPath('stdbuf')
  }

  /** What to put in front of a program so that it never takes the processor from another one; nothing where that is not to be had. */
  async batch(signal: AbortSignal): Promise<readonly string[]> {
    const program = await this.#inPath('chrt')
    if (program === undefined) return []
    const args = ['-b', '0']
    const call = { program, args: [...args, 'true'], env: { PATH: this.path }, secrets: [] }
    try {
      await new Tool(call, 'neither', signal).success()
      return [program, ...args]
    } catch (error) {
      // A container may forbid it.
      if (error instanceof Interrupted) throw error
      return []
    }
  }

  async #inPath(name: string): Promise<string | undefined> {
    for (const directory of this.#pathDirectories()) {
      const program = join(directory, name)
      if (await isProgram(program)) return program
    }
    return undefined
  }

  async #directories(): Promise<string[]> {
    const known = await Promise.all(
      WELL_KNOWN.map(async ([parent, child, bin]) => {
        const names = await readdir(parent).catch(() => [])
        return names.filter(name => child.test(name)).map(name => join(parent, name, bin))
      }),
    )
    return [...known.flat(), ...this.#pathDirectories()]
  }

  #pathDirectories(): string[] {
    return this.path.split(delimiter).filter(directory => directory !== '')
  }

  /** What is there, up to the first program of version `least`: none is better, and each takes its time. */
  async #search(
    name: ToolName,
    directories: readonly string[],
    least: number,
    signal: AbortSignal,
  ): Promise<FoundTool[]> {
    const found: FoundTool[] = []
    for (const directory of directories) {
      const program = join(directory, name)
      const tool = (await isProgram(program)) && (await this.#versionOf(program, signal))
      if (tool) found.push(tool)
      if (tool && tool.major === least) break
    }
    return found
  }

  /** The program with its version; undefined when it does not say one, and so is of no use. */
  async #versionOf(program: string, signal: AbortSignal): Promise<FoundTool | undefined> {
    const env = { PATH: this.path, LC_ALL: 'C' }
    const call = { program, args: ['--version'], env, secrets: [] }
    try {
      const said = Buffer.from(await collect(new Tool(call, 'stdout', signal).output())).toString()
      const version = /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(said)?.[1]
      return version === undefined ? undefined : { program, version, major: majorOf(version) }
    } catch (error) {
      if (error instanceof Interrupted) throw error
      return undefined
    }
  }
}

/** The major version: 15 of `15.18`; before 10 it has two numbers: 9.6 of `9.6.24`. */
export function majorOf(version: string): number {
  const major = Number.parseInt(version, 10)
  return major >= 10 ? major : Number.parseFloat(version)
}

function lowest(tools: readonly FoundTool[], least: number): FoundTool | undefined {
  const fit = tools.filter(tool => tool.major >= least)
  const major = Math.min(...fit.map(tool => tool.major))
  return fit.find(tool => tool.major === major)
}

async function installHint(major: number): Promise<string> {
  for (const [program, any, of] of PACKAGES) {
    if (await isProgram(program)) {
      const command = `${basename(program)} install ${major === ANY_VERSION ? any : of(major)}`
      return `install it (${command}; see postgresql.org/download when your system has no such package), or name its directory in HOLDFAST_PG_BIN`
    }
  }
  const which = major === ANY_VERSION ? 'PostgreSQL' : `PostgreSQL ${major}`
  return `install the client programs of ${which}, or name their directory in HOLDFAST_PG_BIN`
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
