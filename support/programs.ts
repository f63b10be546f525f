import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/** Directories in which the shell looks for programs. */
export const onPath = (): string[] =>
  (process.env.PATH ?? '').split(delimiter).filter(dir => dir !== '')

/** Installs programs of the system that are needed and not there, where it may. */
export function needPrograms(names: readonly string[]): void {
  const missing = names.filter(name => !onPath().some(dir => existsSync(join(dir, name))))
  if (missing.length > 0) installPackages(missing)
}

/** Installs packages of the system. Throws with the command that does it, where we may not. */
export function installPackages(names: readonly string[], before?: () => void): void {
  const hasApt = existsSync('/usr/bin/apt-get')
  if (process.getuid?.() !== 0 || !hasApt) {
    const command = hasApt
      ? `sudo apt-get install -y ${names.join(' ')}`
      : 'the package manager of your system'
    throw new Error(`${names.join(' and ')}: needed and not there; install with ${command}`)
  }
  process.stderr.write(`installing ${names.join(' and ')} …\n`)
  before?.()
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', ...names)
}

/** Waits when another process installs at this moment, and keeps settings that stand there already. */
function aptGet(...args: string[]): void {
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Options::=--force-confold']
  const result = spawnSync('apt-get', [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  })
  if (result.status === 0) return
  throw new Error(`apt-get ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`, {
    cause: result.error,
  })
}
