import { Command, CommanderError } from 'commander'
import { apiKeyCommand } from './commands/api-key.ts'
import { backupCommand } from './commands/backup.ts'
import { checkCommand } from './commands/check.ts'
import { cancelCommand, pauseCommand, resumeCommand } from './commands/control.ts'
import { diffCommand } from './commands/diff.ts'
import { exportCommand } from './commands/export.ts'
import { forgetCommand } from './commands/forget.ts'
import { initCommand } from './commands/init.ts'
import { keysCommand } from './commands/keys.ts'
import { listCommand } from './commands/list.ts'
import { locksCommand } from './commands/locks.ts'
import { repoCommand } from './commands/repo.ts'
import { restoreCommand } from './commands/restore.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { scheduleCommand } from './commands/schedule.ts'
import { schedulerCommand } from './commands/scheduler.ts'
import { serveCommand } from './commands/serve.ts'
import { showCommand } from './commands/show.ts'
import { sourceCommand } from './commands/source.ts'
import { statsCommand } from './commands/stats.ts'
import { verifyCommand } from './commands/verify.ts'
import { workerCommand } from './commands/worker.ts'
import type { Context } from './context.ts'
import { DONE } from './exits.ts'

const ON_REPOSITORY = [
  initCommand,
  backupCommand,
  listCommand,
  showCommand,
  restoreCommand,
  verifyCommand,
  diffCommand,
  exportCommand,
  checkCommand,
  keysCommand,
  forgetCommand,
]

const ON_SERVER = [
  serveCommand,
  workerCommand,
  sourceCommand,
  repoCommand,
  scheduleCommand,
  runCommand,
  runsCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  locksCommand,
  statsCommand,
  schedulerCommand,
  apiKeyCommand,
]

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
  for (const make of ON_REPOSITORY) {
    program.addCommand(make(context).helpGroup('Commands on a repository, without a server:'))
  }
  for (const make of ON_SERVER) {
    program.addCommand(make(context).helpGroup('The server, and commands that ask it:'))
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
