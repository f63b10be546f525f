import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { NotFound } from '../src/core/faults.ts'
import { Secret } from '../src/core/secret.ts'
import { type Log, openLog } from '../src/log.ts'

/** What a log writes to a file, or to a terminal. */
function written(isTTY: boolean, say: (log: Log) => void): string {
  let text = ''
  const output = Object.assign(
    new Writable({
      write: (part: Buffer, _encoding, done) => {
        text += part.toString('utf8')
        done()
      },
    }),
    { isTTY },
  )
  say(openLog(output, 'info', { role: 'server' }))
  return text
}

describe('the log', () => {
  test('is one JSON document a line', () => {
    const text = written(false, log => {
      log.info('first')
      log.warn({ run: 'r1' }, 'second')
      log.debug('not at this level')
    })
    const lines = text.trimEnd().split('\n')
    const documents = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(
      documents.map(({ level, role, run, msg }) => [level, role, run, msg]),
      [
        ['info', 'server', undefined, 'first'],
        ['warn', 'server', 'r1', 'second'],
      ],
    )
  })

  test('is one sentence a line at a terminal, with what an error advises', () => {
    const text = written(true, log => {
      log.info('ready')
      log.error({ err: new NotFound({ kind: 'run', name: 'r1' }) }, 'could not show it')
    })
    assert.match(text, /^\d\d:\d\d:\d\d {2}ready\n/)
    assert.match(
      text,
      /\n\d\d:\d\d:\d\d {2}error: could not show it: there is no run called r1\n {10}run /,
    )
    assert.ok(!text.includes('    at '), text)
  })

  test('shows a link at a terminal where nobody overlooks it', () => {
    const link = 'http://127.0.0.1:7420/setup#a-token'
    const say = (log: Log) => log.info({ link }, `nobody is here: open ${link} soon`)
    assert.match(
      written(true, say),
      new RegExp(
        `^\\n\\d\\d:\\d\\d:\\d\\d {2}nobody is here: open this page soon\\n\\n {4}${link}\\n\\n$`,
      ),
    )
    assert.match(written(false, say), new RegExp(`"msg":"nobody is here: open ${link} soon"`))
  })

  for (const isTTY of [false, true]) {
    test(`tells no secret ${isTTY ? 'at a terminal' : 'in a file'}`, () => {
      const text = written(isTTY, log => {
        log.info({ password: 'hush', request: { headers: { authorization: 'Bearer hush' } } }, 'a')
        log.info({ source: { url: 'postgres://me:hush@db/shop' } }, 'b')
        log.info({ key: new Secret('hush') }, 'c')
        log.info('could not connect to postgres://me:hush@db.example.org:5432/shop')
        log.error({ err: new Error('postgres://me:hu%40sh@db refused') }, 'd')
        log.warn("a server said: no entry for host=db user=me password='hush hush' dbname=x")
        log.warn('a tool said: password=hush sslmode=require')
        log.warn('somebody sent Authorization: Bearer hush-hush-hush and hf_hush0123456789abcdef')
        log.info({ body: { token: 'hush', newPassword: 'hush' } }, 'e')
      })
      assert.doesNotMatch(text, /hush/)
      assert.doesNotMatch(text, /hu%40sh/)
      assert.match(text, /postgres:\/\/me:\[secret\]@db\.example\.org:5432\/shop/)
    })
  }
})
