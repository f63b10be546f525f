import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { type NewRun, Run } from '../../api/schema/runs.ts'
import { ServerUnreachable, WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { collectTag, parseBytes } from '../command.ts'
import type { Context } from '../context.ts'
import { runName } from '../run-text.ts'
import { waitForRun } from '../run-wait.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { runShowCommand } from './run-show.ts'

interface Options extends ServerOptions {
  readonly repository?: string
  readonly detach?: boolean
  readonly idempotencyKey?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly maxSize?: number
  readonly restore?: string
  readonly target?: string
  readonly inPlace?: boolean
  readonly replace?: boolean
  readonly disconnect?: boolean
  /** Commander turns `--no-owner` into this, true unless it is given. */
  readonly owner: boolean
  readonly verify?: string | true
  readonly check?: string
  readonly readData?: boolean
}

/** A request whose answer was lost is sent again; the key makes it one run. */
const MOST_TRIES = 3

/** `holdfast run`: now. */
export const runCommand = (context: Context): Command =>
  serverCommand('run', {
    summary: 'back up, restore, verify or check now, on the server',
    description:
      'Queues a run and waits for it with its progress. Ctrl-C stops the waiting and leaves the run alone. Without ' +
      'other options the source is backed up, into the repository of its schedules unless another one is named.',
    examples: [
      ['run shop', 'back it up now'],
      ['run shop --detach', 'and do not wait'],
      [
        'run shop --restore latest --target env:COPY_URL',
        'into a database that does not exist yet',
      ],
      [
        'run shop --restore 4f2a91c0 --in-place --disconnect',
        'in place of the source; the old one is kept aside',
      ],
      ['run shop --verify', 'is the source what its newest backup holds?'],
      ['run --check main --read-data', 'is every byte of a repository whole?'],
    ],
    exits: {
      3: 'done, with warnings',
      11: 'another run is in the way; the message names it',
      13: 'something is damaged, or the proof of a restore failed',
      14: 'no such backup',
      130: 'cancelled, or you stopped waiting',
    },
    seeAlso: ['runs', 'run show', 'cancel'],
  })
    .argument('[source]', 'what to back up, restore or verify')
    .option('-r, --repository <name>', 'which repository, when it could be several')
    .option('--detach', 'do not wait for the end')
    .option('--tag <name=value>', 'a note on this backup; can be given more than once', collectTag)
    .option('--max-size <size>', 'fail when the dump grows past this size (500M, 10G)', parseBytes)
    .option('--restore <backup>', 'restore this backup: an id, the beginning of one, or latest')
    .option('-t, --target <url>', 'the database to restore into: its URL, or env:NAME')
    .option('--in-place', 'restore in place of the source itself')
    .option('--replace', 'swap in for a target that holds something; the old one is kept aside')
    .option('--disconnect', 'end connections that stand in the way of the swap')
    .option('--no-owner', 'without owners and grants, for a server that lacks the roles')
    .option('--verify [backup]', 'compare the source with a backup (default: latest)')
    .option('--check <repository>', 'check a repository')
    .option('--read-data', 'with --check: read and prove every byte')
    .option('--idempotency-key <key>', 'given twice, it means the same run')
    .action(async (source: string | undefined, options: Options) => {
      const run = await start(context, wanted(source, options, context), options.idempotencyKey)
      if (!options.detach) return await waitForRun(context, run, options)
      const id = shortId(run.id)
      context.finish(
        {
          text: [
            `${runName(run)} is ${run.state}`,
            `  to see it: holdfast run show ${id} --follow`,
          ],
          json: { run },
        },
        options,
      )
    })
    // What follows `show` is for it: both know --json.
    .enablePositionalOptions()
    .addCommand(runShowCommand(context))

async function start(context: Context, body: NewRun, key: string | undefined): Promise<Run> {
  const sending = { body, idempotencyKey: key ?? randomUUID() }
  for (let tries = 1; ; tries += 1) {
    try {
      return await context.server().call(Run, 'POST', '/runs', sending)
    } catch (error) {
      if (!(error instanceof ServerUnreachable) || tries === MOST_TRIES || isAbsent(error))
        throw error
    }
  }
}

/** Nothing was sent to a server that is not there. */
const isAbsent = (error: Error): boolean =>
  ['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTFOUND'].includes(
    (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '',
  )

/** What the options ask for. */
function wanted(source: string | undefined, options: Options, context: Context): NewRun {
  const { repository, restore, verify, check } = options
  const kinds = [restore, verify, check].filter(one => one !== undefined)
  if (kinds.length > 1) throw misuse('more than one of --restore, --verify and --check was given')
  if (check !== undefined) {
    if (source !== undefined) throw misuse('--check is for a repository, and a source was named')
    return { kind: 'check', repository: check, readData: options.readData === true }
  }
  if (source === undefined) {
    throw misuse('no source was named', '`holdfast source list` shows what there is')
  }
  const where = { source, ...(repository !== undefined && { repository }) }
  if (restore !== undefined) return { ...where, ...restoreOf(restore, options, context) }
  refuseRestoreOptions(options)
  if (verify !== undefined) {
    return { ...where, kind: 'verify', backup: verify === true ? 'latest' : verify }
  }
  return {
    ...where,
    kind: 'backup',
    tags: options.tag ?? {},
    ...(options.maxSize !== undefined && { maxBytes: options.maxSize }),
  }
}

function restoreOf(backup: string, options: Options, { credentials }: Context) {
  const { target, inPlace = false } = options
  if ((target === undefined) !== inPlace) {
    throw misuse(
      inPlace
        ? 'both --target and --in-place were given'
        : 'the database to restore into was not named',
      'add --target URL, --target env:NAME, or --in-place for the source itself',
    )
  }
  return {
    kind: 'restore' as const,
    backup,
    target: target === undefined ? 'source' : credentials.url(target, '--target').reveal(),
    replace: inPlace || options.replace === true,
    disconnect: options.disconnect === true,
    noOwner: !options.owner,
  }
}

/** Whoever says where to and forgets --restore did not mean a backup. */
function refuseRestoreOptions({ target, inPlace, replace, disconnect }: Options): void {
  if (target === undefined && !inPlace && !replace && !disconnect) return
  throw misuse(
    'a target was given, and nothing to restore',
    'add --restore BACKUP, for instance --restore latest',
  )
}

const misuse = (why: string, hint = 'see `holdfast run --help`') => new WrongUse({ why, hint })
