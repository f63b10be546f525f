import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { watch } from '../../src/client/live.ts'
import { LiveSite } from '../support/live-site.ts'
import { eventually } from '../support/server.ts'

/** A run that is told once for every move it makes: what was told of it, in order. */
const moves = (changes: readonly string[]) => changes.filter(change => change !== 'changed')

describe('live events', () => {
  let site: LiveSite
  before(async () => {
    site = await LiveSite.start(64)
  })
  after(() => site.close())

  test('tell every move of a run once, in order, and how far it is', async t => {
    const viewer = await site.viewer(t).ready()
    const run = await site.backUp()
    const logged = () => site.send<{ events: { message: string }[] }>('GET', `/runs/${run}/log`)
    await eventually('the dump', async () =>
      (await logged()).events.some(one => one.message === 'dumping'),
    )
    // However fast this machine is: what a runner told is shown while it stands still.
    while (viewer.of('progress').length === 0) {
      const { length } = viewer.changesOf(run)
      await site.send('POST', `/runs/${run}/pause`)
      await eventually('that it pauses', () =>
        viewer.changesOf(run).slice(length).includes('paused'),
      )
      const since = performance.now()
      await eventually(
        'progress',
        () => viewer.of('progress').length > 0 || performance.now() - since > 2000,
      )
      await site.send('POST', `/runs/${run}/resume`)
      await eventually('that it goes on', () => viewer.changesOf(run).at(-1) === 'resumed')
    }
    await eventually('its end', () => viewer.changesOf(run).includes('completed'))
    const told = moves(viewer.changesOf(run))
    assert.match(told.join(' '), /^queued started( paused resumed)+ completed$/)
    const lines = viewer.of('run').filter(one => one.run.id === run)
    assert.deepEqual([...new Set(lines.map(one => one.run.state))].sort(), [
      'completed',
      'paused',
      'queued',
      'running',
    ])
    assert.ok(lines.at(-1)?.run.backupId)
    const [first] = viewer.of('progress')
    assert.equal(first?.runs[0]?.id, run)
    await eventually('the backup', () => viewer.of('backup').some(one => one.change === 'added'))
  })

  test('tell when a failed run is tried again, and what becomes of it', async t => {
    const viewer = await site.viewer(t).ready()
    const url = 'postgres://nobody:nothing@127.0.0.1:1/none'
    await site.send('POST', '/sources', { name: 'gone', url })
    const run = await site.backUp('gone')
    await eventually('that it waits', () => viewer.changesOf(run).includes('retrying'))
    const waits = viewer.of('run').find(one => one.change === 'retrying')?.run
    assert.ok(Date.parse(waits?.notBefore ?? '') > Date.now() + 20_000, waits?.notBefore)
    assert.equal(waits?.failure?.code ?? 'DATABASE_UNREACHABLE', 'DATABASE_UNREACHABLE')
    await site.send('POST', `/runs/${run}/cancel`)
    await eventually('its end', () => viewer.changesOf(run).includes('cancelled'))
    assert.deepEqual(moves(viewer.changesOf(run)), ['queued', 'started', 'retrying', 'cancelled'])
  })

  test('tell of the scheduler, of everything paused, and of what was set up', async t => {
    const viewer = await site.viewer(t).ready()
    const [welcome] = viewer.of('snapshot')
    assert.deepEqual([welcome?.scheduler, welcome?.paused, welcome?.runs], ['running', false, []])
    for (const path of ['/scheduler/stop', '/scheduler/start', '/pause-all', '/resume-all']) {
      await site.send('POST', path)
    }
    const { id } = await site.send<{ id: string }>('POST', '/sources', {
      name: 'other',
      url: site.url,
    })
    await site.send('DELETE', '/sources/other')
    await eventually('the last one', () => viewer.of('source').length === 2)
    const told = viewer.told
      .filter(one => /^(scheduler|pause|source)$/.test(one.type))
      .map(one => ('change' in one ? `${one.type} ${one.change}` : one.type))
    assert.deepEqual(told, [
      'scheduler stopped',
      'scheduler started',
      'pause paused',
      'pause resumed',
      'source added',
      'source removed',
    ])
    assert.deepEqual(
      viewer.of('source').map(one => one.ids),
      [[id], [id]],
    )
  })

  test('reach a client of another node, which misses nothing when that node is killed', async t => {
    const second = await site.another()
    const viewer = await site.viewer(t, { reconnects: true }, second).ready()
    const first = await site.backUp()
    await eventually('its end', () => viewer.changesOf(first).includes('completed'))

    second.child.kill('SIGKILL')
    await second.ended
    await eventually('that it is cut off', () => viewer.refusals.includes('transport close'))
    const missed = await site.backUp()
    const runEnded = async () =>
      (await site.send<{ run: { state: string } }>('GET', `/runs/${missed}`)).run.state ===
      'completed'
    await eventually('the end of a run that nobody watches', runEnded)
    const known = viewer.told.length
    viewer.goTo(site.first)
    await eventually('what it missed', () => viewer.changesOf(missed).includes('completed'))
    const again = viewer.told.slice(known).filter(one => one.type === 'snapshot')
    assert.deepEqual(again, [], 'it goes on where it was, and does not begin anew')
    for (const run of [first, missed]) {
      assert.deepEqual(moves(viewer.changesOf(run)), ['queued', 'started', 'completed'])
    }
    const positions = viewer.of('run').map(one => Number.parseInt(one.position, 10))
    assert.deepEqual(
      positions,
      [...new Set(positions)].sort((a, b) => a - b),
    )
  })

  test('begin anew where a position is not known any more', async t => {
    for (const position of ['1-zzz', '999999-abc', 'nonsense']) {
      const viewer = await site.viewer(t, { position }).ready()
      assert.equal(viewer.of('snapshot')[0]?.reset, true, position)
    }
    const viewer = await site.viewer(t).ready()
    assert.equal(viewer.of('snapshot')[0]?.reset, false)
  })

  test('go on by themselves after the catalog was away', async t => {
    const viewer = await site.viewer(t).ready()
    await site.breakConnections()
    await eventually('a change that is told', async () => {
      await site.send('POST', '/scheduler/stop').catch(() => undefined)
      await site.send('POST', '/scheduler/start').catch(() => undefined)
      await sleep(200)
      return viewer.of('scheduler').length > 0
    })
    assert.deepEqual(viewer.refusals, [], 'nobody was cut off')
    assert.equal(viewer.of('snapshot').length, 1, 'nobody had to begin anew')
    const told = viewer.of('scheduler').map(one => one.change)
    assert.ok(told.every((change, at) => change === (at % 2 === 0 ? 'stopped' : 'started')))
  })

  test('over the socket of this machine, and by long polling', async t => {
    const local = await site.localViewer(t).ready()
    const polling = await site.viewer(t, { transports: ['polling'] }).ready()
    await site.send('POST', '/scheduler/stop')
    for (const viewer of [local, polling]) {
      await eventually('the change', () => viewer.of('scheduler').length === 1)
    }
  })

  test('a program watches by the client, until it has seen enough', async t => {
    const server = `http://127.0.0.1:${site.first.port}`
    const done = new AbortController()
    t.after(() => done.abort())
    const changes: string[] = []
    let run = ''
    for await (const event of watch(server, { key: site.key, signal: done.signal })) {
      if (event.type === 'snapshot') run = await site.backUp()
      if (event.type === 'run' && event.run.id === run) changes.push(event.change)
      if (changes.at(-1) === 'completed') break
    }
    assert.deepEqual(moves(changes), ['queued', 'started', 'completed'])
    const refused = watch(server, { key: 'hf_none' }).next()
    await assert.rejects(refused, { name: 'HoldfastError', code: 'KEY_REQUIRED' })
  })

  test('the server stops at once although somebody watches', async t => {
    const viewer = await site.viewer(t).ready()
    const polling = await site.viewer(t, { transports: ['polling'] }).ready()
    const began = performance.now()
    site.first.child.kill('SIGTERM')
    const { code, stderr } = await site.first.ended
    assert.equal(code, 0, stderr)
    assert.ok(performance.now() - began < 4_000)
    for (const one of [viewer, polling]) {
      await eventually('that it is cut off', () => one.refusals.length > 0)
      assert.match(one.refusals[0] ?? '', /^transport (close|error)$/)
    }
  })
})
