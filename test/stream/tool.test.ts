import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Interrupted, ToolFailed, ToolMissing } from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import { bytesOf, collect } from '../../src/stream/bytes.ts'
import { Tool } from '../../src/stream/tool.ts'
import { tempDir } from '../../support/temp-dir.ts'

const never = new AbortController().signal
const ENV = { PATH: '/usr/bin:/bin' }

type Uses = 'stdin' | 'stdout' | 'neither'
const shell = (script: string, uses: Uses, signal = never, secrets: Secret[] = []) =>
  new Tool(
    { name: 'dumper', program: '/bin/sh', args: ['-c', script], env: ENV, secrets },
    uses,
    signal,
  )

const text = async (tool: Tool) => Buffer.from(await collect(tool.output())).toString()

/** Whether a process lives; a zombie does not. */
const lives = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

test('the output of a program that succeeds comes whole and ends', async () => {
  assert.equal(await text(shell('echo one; echo two', 'stdout')), 'one\ntwo\n')
})

test('the end of the output is withheld from a program that fails after it', async () => {
  for (let round = 0; round < 50; round += 1) {
    const got: string[] = []
    const reading = (async () => {
      for await (const piece of shell('printf whole; exec >&-; exit 3', 'stdout').output()) {
        got.push(Buffer.from(piece).toString())
      }
    })()
    await assert.rejects(reading, (error: unknown) => {
      assert.ok(error instanceof ToolFailed)
      assert.equal(error.message, 'dumper ended with exit code 3')
      return true
    })
    assert.deepEqual(got, ['whole'])
  }
})

test('a killed program is told from one that failed, with a guess at the reason', async () => {
  await assert.rejects(text(shell('kill -KILL $$', 'stdout')), {
    message: 'dumper was killed by SIGKILL (out of memory?)',
  })
  await assert.rejects(text(shell('kill -TERM $$', 'stdout')), {
    message: 'dumper was killed by SIGTERM',
  })
})

test('the last words of a failed program are in the fault, without secrets', async () => {
  const secret = new Secret('hunter2')
  const tool = shell('echo "FATAL: hunter2 is wrong" >&2; exit 1', 'stdout', never, [secret])
  await assert.rejects(text(tool), {
    message: 'dumper ended with exit code 1: FATAL: [secret] is wrong',
  })
})

test('what a program complains about without failing is kept, the newest of it', async () => {
  const tool = shell(
    'i=0; while [ $i -lt 20000 ]; do echo "line $i" >&2; i=$((i+1)); done',
    'neither',
  )
  await tool.success()
  const lines = tool.messages()
  assert.equal(lines.at(-1), 'line 19999')
  assert.match(lines[0] ?? '', /^line \d+$/)
  assert.ok(lines.join('\n').length <= 64 * 1024)
})

test('a program that is not there is a missing tool', async () => {
  const call = { program: '/nowhere/pg_dump', args: [], env: ENV, secrets: [] }
  await assert.rejects(collect(new Tool(call, 'stdout', never).output()), ToolMissing)
})

test('a reader who leaves early kills the program and all it started', async () => {
  const pids = join(tempDir(), 'pids')
  const tool = shell(`sleep 600 & echo $! $$ > ${pids}; while :; do echo x; done`, 'stdout')
  for await (const piece of tool.output()) {
    if (piece.length > 0 && existsSync(pids)) break
  }
  for (const pid of readFileSync(pids, 'utf8').trim().split(' ')) {
    await gone(Number(pid))
  }
})

test('aborting ends a program, and the wait ends only when it is gone', async () => {
  const pids = join(tempDir(), 'pids')
  const abort = new AbortController()
  const tool = shell(`sleep 600 & echo $! $$ > ${pids}; echo ready; wait`, 'stdout', abort.signal)
  const reading = (async () => {
    for await (const _ of tool.output()) abort.abort()
  })()
  await assert.rejects(reading, Interrupted)
  const [child, leader] = readFileSync(pids, 'utf8').trim().split(' ').map(Number)
  assert.equal(lives(leader ?? 0), false)
  await gone(child ?? 0)
})

test('a program that ignores SIGTERM is killed in the end', { timeout: 20_000 }, async () => {
  const abort = new AbortController()
  const tool = shell('trap "" TERM; echo ready; while :; do sleep 1; done', 'stdout', abort.signal)
  const reading = (async () => {
    for await (const _ of tool.output()) abort.abort()
  })()
  await assert.rejects(reading, Interrupted)
})

test('a program is fed to its end', async () => {
  const file = join(tempDir(), 'copy')
  await shell(`cat > ${file}`, 'stdin').feed(bytesOf('one ', 'two'))
  assert.equal(readFileSync(file, 'utf8'), 'one two')
})

test('a source that breaks kills the program before it could take the rest for the end', async () => {
  const file = join(tempDir(), 'committed')
  async function* broken() {
    yield Buffer.from('first half\n')
    throw new Error('the repository is damaged')
  }
  for (let round = 0; round < 50; round += 1) {
    const tool = shell(`while read -r line; do :; done; touch ${file}`, 'stdin')
    await assert.rejects(tool.feed(broken()), { message: 'the repository is damaged' })
    assert.equal(existsSync(file), false)
  }
})

test('a program that needs no more of its input ends well, and the source is still read to its end', async () => {
  let proven = false
  async function* long() {
    for (let i = 0; i < 200; i += 1) yield Buffer.alloc(65_536)
    proven = true
  }
  await shell('head -c 10 > /dev/null; exit 0', 'stdin').feed(long())
  assert.equal(proven, true)
})

test('a program that fails in the middle of its input stops the source', async () => {
  let pieces = 0
  let left = false
  async function* endless() {
    try {
      for (; ; pieces += 1) yield Buffer.alloc(65_536)
    } finally {
      left = true
    }
  }
  await assert.rejects(shell('head -c 10 > /dev/null; exit 4', 'stdin').feed(endless()), ToolFailed)
  assert.equal(left, true)
  assert.ok(pieces < 10_000)
})

/** Waits until the kernel has removed a process that was killed. */
async function gone(pid: number): Promise<void> {
  const deadline = performance.now() + 5_000
  while (lives(pid)) {
    assert.ok(performance.now() < deadline, `process ${pid} is still there`)
    await sleep(5)
  }
}
