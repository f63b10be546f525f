import assert from 'node:assert/strict'
import { getPriority } from 'node:os'
import process from 'node:process'
import { test } from 'node:test'
import { Secret } from '../../src/core/secret.ts'
import type { Order } from '../../src/jobs/protocol.ts'
import { RunnerProcess } from '../../src/jobs/runner-process.ts'
import { Tool } from '../../src/stream/tool.ts'

const MIB = 2 ** 20
/** Far more than anybody may keep of it. */
const SAID = 400 * MIB
/** Room for what is read and not looked at yet. */
const MARGIN = 120 * MIB
const CHATTER = `yes 'pg_dump: warning: still here' | head -c ${SAID} >&2; echo the end >&2; exit 3`

/** How much more memory this process has, at most, while work goes on. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10)
  await work().finally(() => clearInterval(look))
  return Math.max(most, process.memoryUsage.rss()) - before
}

test('a tool that complains without end takes no memory, and its last words are kept', async () => {
  const call = { program: '/bin/sh', args: ['-c', CHATTER], env: { PATH: '/usr/bin:/bin' } }
  const tool = new Tool({ ...call, secrets: [] }, 'neither', new AbortController().signal)
  const grown = await growth(() => assert.rejects(tool.success(), /exit code 3: .*the end$/))
  assert.ok(grown < MARGIN, `${grown / MIB} MiB`)
})

const order: Order = {
  run: 'none',
  kind: 'check',
  request: {},
  again: false,
  committed: false,
  repository: { url: '/nowhere', recoveryKey: '' },
  madeBy: { holdfast: '0.0.0', host: 'test' },
  engines: { path: '' },
  cores: 1,
}
const nothing = () => undefined
const listener = { stage: nothing, progress: nothing, notice: nothing, commit: async () => false }

test('a runner gives way to the server, but for a restore', async () => {
  // It is made nicer once it has begun.
  const waits = `for i in $(seq 500); do [ "$(nice)" -gt ${getPriority()} ] && break; done; nice >&2`
  const command = { program: '/bin/sh', args: ['-c', waits], env: { PATH: '/usr/bin:/bin' } }
  const told = async (kind: Order['kind']) => {
    const options = { listener, secrets: [], killAfterMs: 1000 }
    const ending = await new RunnerProcess(command, { ...order, kind }, options).ended
    return ending.type === 'died' ? ending.how : ''
  }
  const nicer = Math.min(19, getPriority() + 5)
  assert.match(await told('check'), new RegExp(`: ${nicer}$`))
  assert.match(await told('restore'), new RegExp(`: ${getPriority()}$`))
})

test('a runner that complains without end takes no memory, and its last words are kept', async () => {
  const command = { program: '/bin/sh', args: ['-c', CHATTER], env: { PATH: '/usr/bin:/bin' } }
  const grown = await growth(async () => {
    const secrets = [new Secret('still')]
    const runner = new RunnerProcess(command, order, { listener, secrets, killAfterMs: 1000 })
    const ending = await runner.ended
    assert.equal(ending.type, 'died')
    const how = ending.type === 'died' ? ending.how : ''
    assert.match(how, /exit code 3 and no result: pg_dump: .*\[secret\] here\n.*the end$/s)
    assert.ok(how.length < 16 * 1024)
  })
  assert.ok(grown < MARGIN, `${grown / MIB} MiB`)
})
