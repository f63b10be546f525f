import { randomUUID } from 'node:crypto'
import type { Catalog } from '../../src/catalog/db.ts'
import { type Node, registerNode } from '../../src/catalog/nodes.ts'
import type { NewRun } from '../../src/catalog/runs.ts'
import { DEFAULT_RETRY } from '../../src/core/run.ts'

let made = 0

/** A repository in the catalog that is nowhere else. */
export async function addRepository(catalog: Catalog, maxRuns?: number): Promise<string> {
  const id = randomUUID()
  await catalog.query(
    `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot, max_runs)
     values ($1, $2, '', '', '', '', '', $3)`,
    [id, `repository ${++made}`, maxRuns ?? null],
  )
  return id
}

/** A source in the catalog that is nowhere else. */
export async function addSource(catalog: Catalog): Promise<string> {
  const id = randomUUID()
  const name = `source ${++made}`
  await catalog.query(
    `insert into sources (id, name, engine, url_sealed, host, database, label)
     values ($1, $2, 'postgres', '', 'localhost:5432', 'shop', $2)`,
    [id, name],
  )
  return id
}

export async function addNode(catalog: Catalog, maxRuns = 3): Promise<Node> {
  const node = { id: randomUUID(), host: 'test', pid: 1, version: '0.0.0', maxRuns }
  await registerNode(catalog, node)
  return node
}

/** A backup of a source of its own that somebody asks for. */
export async function newRun(catalog: Catalog, about: Partial<NewRun> = {}): Promise<NewRun> {
  const sourceId = about.sourceId ?? (await addSource(catalog))
  return {
    kind: 'backup',
    sourceId,
    repositoryId: about.repositoryId ?? (await addRepository(catalog)),
    trigger: 'manual',
    triggeredBy: 'ops',
    lockKey: `source:${sourceId}`,
    host: '',
    request: {},
    priority: 0,
    retry: DEFAULT_RETRY,
    ...about,
  }
}
