import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../src/core/secret.ts'
import { exposureOf } from '../../../src/engines/postgres/exposure.ts'
import { settingsOf } from '../../../src/engines/postgres/settings.ts'

const ELSEWHERE = { remoteAddress: '192.0.2.7', localAddress: '192.0.2.1' }
const settings = (query = '', host = 'db.example.org') =>
  settingsOf(new Secret(`postgres://ops:canary@/shop?host=${encodeURIComponent(host)}${query}`))

test('a connection that fell back to no encryption is told of, once it leaves this machine', () => {
  const told = exposureOf('none', settings(), ELSEWHERE)
  assert.match(told?.message ?? '', /^the connection to db\.example\.org:5432 is not encrypted/)
  assert.ok(!JSON.stringify(told).includes('canary'))
  assert.ok(exposureOf('none', settings('&sslmode=allow'), ELSEWHERE))
  const quiet = [
    exposureOf('encrypted', settings(), ELSEWHERE),
    // Whoever wants none has said so.
    exposureOf('none', settings('&sslmode=disable'), ELSEWHERE),
    exposureOf('none', settings(), { remoteAddress: '127.0.0.2', localAddress: '127.0.0.1' }),
    exposureOf('none', settings(), { remoteAddress: '::ffff:127.0.0.1', localAddress: '::1' }),
    exposureOf('none', settings(), { remoteAddress: '192.0.2.7', localAddress: '192.0.2.7' }),
    exposureOf('none', settings('', '/run/postgresql'), {
      remoteAddress: undefined,
      localAddress: undefined,
    }),
  ]
  assert.deepEqual(
    quiet,
    quiet.map(() => undefined),
  )
})
