import { join } from 'node:path'

/** A program that keeps backups in a repository of its own. */
export interface Contender {
  readonly name: string
  /** How the document calls what was run. */
  readonly title: string
  /** The program whose memory counts, as the system names it. */
  readonly process: string
  /** What must be installed, as `describeVersions` names it. */
  readonly needs: string
  /** Lines of shell: make the repository, and back up database `shop` under a name that is new. */
  init(repository: string): string
  backup(repository: string, name: string): string
  environment(dir: string): NodeJS.ProcessEnv
}

const DUMP = 'pg_dump -Fc -Z0 shop'

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'holdfast',
    title: '`holdfast backup`',
    process: 'node',
    needs: 'holdfast',
    init: repository => `exec bin/holdfast init --repository ${repository}`,
    backup: repository =>
      `exec bin/holdfast backup --repository ${repository} --source env:SHOP_URL`,
    environment: () => ({}),
  },
  {
    name: 'restic',
    title: '`pg_dump -Fc -Z0 \\| restic backup --stdin`',
    process: 'restic',
    needs: 'restic',
    init: repository => `exec restic init --repo ${repository}`,
    backup: repository =>
      `${DUMP} | restic backup --repo ${repository} --stdin --stdin-filename shop.dump`,
    environment: dir => ({
      RESTIC_PASSWORD: 'a passphrase for the bench',
      RESTIC_CACHE_DIR: join(dir, 'restic-cache'),
    }),
  },
  {
    name: 'borg',
    title: '`pg_dump -Fc -Z0 \\| borg create --compression zstd,3`',
    process: 'borg',
    needs: 'borg',
    init: repository => `exec borg init --encryption repokey ${repository}`,
    backup: (repository, name) =>
      `${DUMP} | borg create --compression zstd,3 ${repository}::${name} -`,
    environment: dir => ({
      BORG_PASSPHRASE: 'a passphrase for the bench',
      BORG_BASE_DIR: join(dir, 'borg'),
    }),
  },
]

/** What makes one file, each time anew. */
export const FILES = [
  { name: 'pg_dump', title: '`pg_dump -Fc`', needs: 'pg_dump', line: 'pg_dump -Fc shop' },
  {
    name: 'zstd',
    title: '`pg_dump \\| zstd -3`',
    needs: 'zstd',
    line: 'pg_dump shop | zstd -3 -q',
  },
] as const

/** Reads the whole database and keeps nothing: nobody who calls pg_dump is faster. */
export const SOURCE_LIMIT = {
  name: 'limit',
  /** What it is called just before the second backups. */
  second: 'limit second',
  title: '`pg_dump -Fc -Z0 > /dev/null`',
  line: DUMP,
}
