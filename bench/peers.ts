import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'

/** Installs the programs that Holdfast is measured beside. */
export function installPeers(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      '--peers needs to be root on Debian; install restic, borgbackup and zstd by hand',
    )
  }
  for (const args of [['update'], ['install', '-y', 'restic', 'borgbackup', 'zstd']]) {
    const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed`)
  }
}
