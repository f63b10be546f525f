import type { Stage } from '../stage.ts'
import type { Lab } from './lab.ts'

/** The end of a tour that has removed all that it made. */
export function sayWhatToTry(stage: Stage): void {
  stage.print('')
  stage.say('That was all. Everything the tour made is removed again.')
  stage.print('', stage.style.bold('Next, with a database of yours'), '')
  stage.print(
    '  export HOLDFAST_REPOSITORY=~/holdfast-repository',
    '  export SHOP_URL=postgres://user:password@localhost/shop',
    '  ./bin/holdfast init',
    '  ./bin/holdfast backup --source env:SHOP_URL',
    '  ./bin/holdfast show latest',
  )
  stage.print('', stage.style.bold('Or look around in this one'), '')
  stage.print('  npm run tour -- --keep')
}

/** The end of a tour whose server and repository stay. */
export function sayWhatIsKept(stage: Stage, lab: Lab): void {
  const { dir, server } = lab.kept
  stage.print('')
  stage.say('That was all. The server and the repository stay until you stop them.')
  stage.print('', stage.style.bold('Where'), '')
  stage.print(
    `  server      ${server.host}:${server.port}, databases shop and shop_copy`,
    `  directory   ${dir}`,
  )
  stage.print('', stage.style.bold('Next, in this or another terminal'), '')
  stage.print(
    `  . ${lab.environmentFile}`,
    '  holdfast list',
    '  holdfast show latest',
    '  psql -c "drop table shop.order_lines"',
    '  holdfast restore latest --target env:SHOP_URL --replace',
    '  holdfast help',
  )
  stage.print('', stage.style.bold('Stop the server and remove everything'), '')
  stage.print(`  kill ${lab.pid}`)
}
