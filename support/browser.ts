import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type Browser, chromium } from 'playwright-core'
import { installPackages, onPath } from './programs.ts'

/** The first draws pages and has no window of its own, which takes a fifth less of the processor. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
]
/** It asks nobody for anything by itself. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/** Starts the Chromium of the system; installs it where it is missing and may be installed. */
export async function startBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return await chromium.launch({
    executablePath: browserProgram(),
    args: [...QUIET, ...(isRoot ? ['--no-sandbox'] : [])],
  })
}

/** The path of Chromium. */
export function browserProgram(): string {
  const found = find()
  if (found !== undefined) return found
  installPackages(['chromium-headless-shell'])
  const installed = find()
  if (installed === undefined) throw new Error('Chromium was installed, but is nowhere')
  return installed
}

const find = (): string | undefined =>
  onPath()
    .flatMap(dir => NAMES.map(name => join(dir, name)))
    .find(file => existsSync(file))
