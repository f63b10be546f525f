import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DUMP } from '../../src/core/backup.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { engineNamed, openDatabase } from '../../src/engines/index.ts'
import { backup } from '../../src/operations/backup.ts'
import { importDump } from '../../src/operations/import.ts'
import { Progress } from '../../src/operations/progress.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { bytesOf, collect } from '../../src/stream/bytes.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { ApiSite } from './site.ts'

const { signal } = new AbortController()

/** The API before a repository `main`, and databases that are backed up into it. */
export class BackupSite {
  readonly api: ApiSite

  private constructor(api: ApiSite) {
    this.api = api
  }

  static async open(): Promise<BackupSite> {
    const site = new BackupSite(await ApiSite.open())
    await site.addRepository('main')
    return site
  }

  get server(): PostgresServer {
    return this.api.test.server
  }

  get engines() {
    return { path: this.server.bin, pgBin: this.server.bin }
  }

  async addRepository(name: string): Promise<void> {
    await this.api.addRepository(name)
  }

  /** Makes a database, which is there, a source. */
  async know(database: string): Promise<void> {
    const url = this.server.url(database)
    await this.api.expect(201, 'POST', '/sources', { name: database, url })
  }

  label(database: string): string {
    return `${database}@127.0.0.1:${this.server.port}`
  }

  place(repository = 'main'): string {
    return join(this.api.dir, repository)
  }

  /** Takes a repository away from where it was. */
  async hide(repository: string): Promise<void> {
    renameSync(this.place(repository), `${this.place(repository)} hidden`)
  }

  async repository(name = 'main'): Promise<Repository> {
    const place = this.place(name)
    const key = { recoveryKey: this.api.recoveryKey(place) }
    return await Repository.open(openStorage(place), key, { clock: systemClock }, signal)
  }

  /** Backs a database up, without the server knowing. */
  async backUp(
    database: string,
    about: { readonly repository?: string; readonly tags?: Record<string, string> } = {},
  ): Promise<string> {
    const url = new Secret(this.server.url(database))
    const { manifest } = await backup(
      {
        repository: await this.repository(about.repository),
        source: openDatabase(url, this.engines).database,
        clock: systemClock,
        progress: new Progress(systemClock),
        madeBy: { holdfast: '0.0.0', host: 'elsewhere' },
        tags: about.tags ?? {},
        maxBytes: undefined,
      },
      signal,
    )
    return manifest.id
  }

  /** The native dump of a backup. */
  async dumpOf(id: string): Promise<Buffer> {
    const repository = await this.repository()
    const reader = await repository.reader(await repository.find(id, signal), signal)
    try {
      return Buffer.from(await collect(reader.stream(DUMP)))
    } finally {
      await reader.close()
    }
  }

  /** Makes a native dump a backup, without the server knowing. */
  async bringIn(dump: Uint8Array): Promise<string> {
    const { manifest } = await importDump(
      {
        repository: await this.repository(),
        engine: engineNamed('postgres', this.engines),
        dump: bytesOf(dump),
        name: 'given.dump',
        tags: {},
        maxBytes: dump.length,
        madeBy: { holdfast: '0.0.0', host: 'elsewhere' },
        clock: systemClock,
        progress: new Progress(systemClock),
      },
      signal,
    )
    return manifest.id
  }

  async refresh(repository = 'main'): Promise<void> {
    await this.api.expect(200, 'POST', `/repositories/${repository}/refresh`)
  }

  async close(): Promise<void> {
    await this.api.close()
  }
}
