import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { shortId } from '../../src/core/ids.ts'
import { bytesText } from '../../src/operations/words.ts'
import type { Stage } from '../stage.ts'
import type { Lab } from './lab.ts'

const DIFFERS = 1

/** What happens on the tour, from the first repository to the last proof. */
export async function tell(stage: Stage, lab: Lab): Promise<void> {
  await firstBackup(stage, lab)
  await secondBackup(stage, lab)
  await wayBack(stage)
}

async function firstBackup(stage: Stage, lab: Lab): Promise<void> {
  stage.step(
    'The environment names the repository, the file with its passphrase and the databases, so that no ' +
      'command shows a secret.',
  )
  stage.command(`. ${lab.environmentFile}`)
  stage.useEnvironment(lab.environment())

  stage.step('A repository is a directory in which everything is encrypted.')
  await stage.run('holdfast init')

  stage.step('The first backup stores the whole shop, in one snapshot of the database.')
  await stage.run('holdfast backup --source env:SHOP_URL')
}

async function secondBackup(stage: Stage, lab: Lab): Promise<void> {
  stage.step('A day of trade passes.')
  await stage.run('psql -f demo/tour/one-day.sql')

  stage.step('The second backup is as complete as the first, and stores only what is new.')
  await stage.run('holdfast backup --source env:SHOP_URL')
  await stage.run('holdfast list')
  const [second, first] = await backups(lab)
  if (second === undefined || first === undefined) throw new Error('there are no two backups')
  const share = Math.round((second.stored.bytes / first.stored.bytes) * 100)
  stage.print('')
  stage.say(
    `The second backup took ${bytesText(second.stored.bytes)} of space, ${share} % of what the first one took.`,
  )

  stage.step('What changed between the two is known without reading their data.')
  await stage.run(`holdfast diff ${shortId(first.id)} ${shortId(second.id)}`)
}

async function wayBack(stage: Stage): Promise<void> {
  stage.step(
    'A restore fills a new database, dumps it again and compares every table with the backup before ' +
      'the database gets its name.',
  )
  await stage.run('holdfast restore latest --target env:COPY_URL')

  stage.step('Any database can be compared with a backup, table by table, at any time.')
  await stage.run('holdfast verify latest --against env:COPY_URL')

  stage.step('One cent in one row is enough to be found; the exit code is then 1.')
  await stage.run('psql shop_copy -c "update shop.orders set total = total + 0.01 where id = 42"')
  await stage.run('holdfast verify latest --against env:COPY_URL', DIFFERS)

  stage.step('At the end every byte of the repository is read and proven.')
  await stage.run('holdfast check --read-data')
}

interface Backup {
  readonly id: string
  readonly stored: { readonly bytes: number }
}

/** Newest first. */
async function backups(lab: Lab): Promise<readonly Backup[]> {
  const list = await promisify(execFile)('holdfast', ['list', '--json'], { env: lab.environment() })
  return (JSON.parse(list.stdout) as { backups: Backup[] }).backups
}
