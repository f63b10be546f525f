import { Command, CommanderError } from 'commander'
import type { Context } from './context.ts'
import { DONE } from './exits.ts'

/** What makes a command, loaded when it is wanted: to load all of them takes as long as to start Node twice. */
type Loader = () => Promise<(context: Context) => Command>

const ON_REPOSITORY: Readonly<Record<string, Loader>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
}

const ON_SERVER: Readonly<Record<string, Loader>> = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  'secret-key': async () => (await import('./commands/secret-key.ts')).secretKeyCommand,
  source: async () => (await import('./commands/source.ts')).sourceCommand,
  repo: async () => (await import('./commands/repo.ts')).repoCommand,
  schedule: async () => (await import('./commands/schedule.ts')).scheduleCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  pause: async () => (await import('./commands/control.ts')).pauseCommand,
  resume: async () => (await import('./commands/control.ts')).resumeCommand,
  cancel: async () => (await import('./commands/control.ts')).cancelCommand,
  retry: async () => (await import('./commands/control.ts')).retryCommand,
  locks: async () => (await import('./commands/locks.ts')).locksCommand,
  stats: async () => (await import('./commands/stats.ts')).statsCommand,
  scheduler: async () => (await import('./commands/scheduler.ts')).schedulerCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  user: async () => (await import('./commands/user.ts')).userCommand,
  'api-key': async () => (await import('./commands/api-key.ts')).apiKeyCommand,
}

const GROUPS = [
  ['Commands on a repository, without a server:', ON_REPOSITORY],
  ['The server, and commands that ask it:', ON_SERVER],
] as const

const ENVIRONMENT = `
Environment:
  HOLDFAST_REPOSITORY        where the repository is
  HOLDFAST_PASSPHRASE_FILE   a file that holds its passphrase (or HOLDFAST_PASSPHRASE)
  HOLDFAST_RECOVERY_KEY      opens it when the passphrase is lost
  HOLDFAST_DATA_DIR          where the server of this machine keeps its catalog and its socket
  HOLDFAST_SERVER            another server: https://backup.example.org, with HOLDFAST_API_KEY

Start here:
  holdfast init   --repository /srv/backups
  holdfast backup --repository /srv/backups --source postgres://user@host/database
  holdfast list   --repository /srv/backups

By itself, every night:
  holdfast serve &
  holdfast repo add main --repository /srv/backups
  holdfast source add shop --source postgres://user@host/database
  holdfast schedule add --source shop --repository main --cron "daily at 02:30"

Every command explains itself: holdfast help restore`

/** Runs one command line; throws a Fault or a CommanderError where it fails. */
export async function runProgram(argv: readonly string[], context: Context): Promise<void> {
  const program = new Command('holdfast')
    .description(
      'Backs up databases, proves that each backup restores, and puts it back without risk.',
    )
    .version(context.madeBy.holdfast, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', ENVIRONMENT)
  for (const [group, commands] of GROUPS) {
    for (const load of wanted(commands, argv)) {
      program.addCommand((await load())(context).helpGroup(group))
    }
  }
  for (const command of everyCommand(program)) quiet(command, context)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    // Help and version end a command line by throwing, too.
    if (error instanceof CommanderError && error.exitCode === DONE) return
    throw error
  }
}

/** The command that a command line begins with; every one where it begins otherwise, to list or suggest them. */
function wanted(commands: Readonly<Record<string, Loader>>, argv: readonly string[]): Loader[] {
  const [first = ''] = argv
  if (!Object.hasOwn(ON_REPOSITORY, first) && !Object.hasOwn(ON_SERVER, first)) {
    return Object.values(commands)
  }
  const one = Object.hasOwn(commands, first) ? commands[first] : undefined
  return one === undefined ? [] : [one]
}

function* everyCommand(command: Command): Generator<Command> {
  yield command
  for (const child of command.commands) yield* everyCommand(child)
}

/** Errors are thrown and reported in one place, in our words. */
function quiet(command: Command, { terminal }: Context): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'explain the command')
    .configureHelp({
      helpWidth: Math.min(100, terminal.width),
      sortOptions: false,
      styleTitle: text => terminal.style.bold(text),
    })
    .configureOutput({
      writeOut: text => terminal.print([text.trimEnd()]),
      writeErr: text => terminal.say(text.trimEnd()),
      outputError: () => undefined,
    })
}
