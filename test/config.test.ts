import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { WrongUse } from '../src/core/faults.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const unique = (names: Iterable<string>) => [...new Set(names)].toSorted()

/** Every variable whose name stands in the code. */
const inCode = () =>
  unique(
    globSync('src/**/*.ts', { cwd: ROOT }).flatMap(path =>
      [...read(path).matchAll(/'(HOLDFAST_[A-Z_]+)'/g)].map(match => match[1] ?? ''),
    ),
  )

describe('the environment', () => {
  test('every variable that is read is in .env.example and in a table of the guide, and no others', () => {
    const example = unique(
      [...read('.env.example').matchAll(/^#?(HOLDFAST_\w+)=/gm)].map(match => match[1] ?? ''),
    )
    assert.deepEqual(example, inCode())
    const listed = ['docs/guide/server.md', 'docs/guide/command-line.md'].flatMap(page =>
      [...read(page).matchAll(/^\| (`HOLDFAST_[^|]*)\|/gm)].flatMap(row =>
        [...(row[1] ?? '').matchAll(/HOLDFAST_\w+/g)].map(([name]) => name),
      ),
    )
    assert.deepEqual(unique(listed), inCode())
  })

  test('what stands in .env.example makes sense', () => {
    const lines = [...read('.env.example').matchAll(/^#?(HOLDFAST_\w+)=(.*)$/gm)]
    const env = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]))
    // A file of this machine that nobody has.
    delete env.HOLDFAST_OIDC_CLIENT_SECRET_FILE
    const config = readConfig(env)
    const { web, reach, repositoryRoots } = config.server()
    assert.deepEqual(repositoryRoots, ['/srv/backups', '/mnt/archive'])
    assert.equal(web.url?.href, 'https://backup.example.org/')
    assert.deepEqual(web.hosts, ['backup', 'backup.lan'])
    assert.deepEqual(web.proxies, ['127.0.0.1', '10.0.0.0/8'])
    assert.deepEqual(reach, ['10.0.0.0/8', '192.168.0.0/16'])
    assert.deepEqual(config.unread(), [])
  })

  test('nothing needs to be set', () => {
    const { host, port, web, reach, logLevel } = readConfig({}).server()
    assert.deepEqual([host, port, logLevel, reach], ['127.0.0.1', 7420, 'info', undefined])
    assert.deepEqual(
      [web.url, web.hosts, web.proxies, web.tls, web.metrics, web.requestsPerMinute],
      [undefined, [], [], undefined, 'key', 600],
    )
  })

  test('nonsense is refused with what to do, and without what may be secret', () => {
    const nonsense = {
      HOLDFAST_PORT: ['70000', '-1', '74 20', '0x10'],
      HOLDFAST_MAX_RUNS: ['0', 'many'],
      HOLDFAST_LOG_LEVEL: ['loud'],
      HOLDFAST_DATABASE_URL: ['mysql://me:hush@db', 'db'],
      HOLDFAST_URL: [
        'backup.example.org',
        'ftp://backup.example.org',
        'https://me:hush@backup.example.org',
        'https://backup.example.org/?x=hush',
      ],
      HOLDFAST_ALLOWED_HOSTS: ['https://backup.example.org', 'backup:80', '*', 'a b/c'],
      HOLDFAST_TRUSTED_PROXIES: ['all', '10.0.0.0/33', 'proxy.example.org'],
      HOLDFAST_REPOSITORY_ROOTS: ['backups', '/srv,', '/srv,../x', ','],
      HOLDFAST_ALLOWED_NETWORKS: ['private', '10.0.0.0/-1'],
      HOLDFAST_METRICS: ['yes'],
      HOLDFAST_METRICS_FROM: ['::1/129'],
      HOLDFAST_REQUESTS_PER_MINUTE: ['-5', '1.5'],
      HOLDFAST_TLS_CERT_FILE: ['/cert.pem'],
      HOLDFAST_TLS_KEY_FILE: ['/key.pem'],
      HOLDFAST_SETUP_TOKEN: ['hush'],
    }
    for (const [name, values] of Object.entries(nonsense)) {
      for (const value of values) {
        assert.throws(
          () => readConfig({ [name]: value }).server(),
          (error: unknown) => {
            assert.ok(error instanceof WrongUse, `${name}=${value}`)
            assert.match(error.message, /HOLDFAST_/)
            assert.doesNotMatch(`${error.message} ${error.hint}`, /hush/)
            assert.notEqual(error.hint, '')
            return true
          },
          `${name}=${value}`,
        )
      }
    }
  })

  test('a misspelt variable is noticed', () => {
    const config = readConfig({ HOLDFAST_ALLOWED_HOST: 'backup', HOLDFAST_PORT: '1', HOME: '/' })
    config.server()
    assert.deepEqual(config.unread(), ['HOLDFAST_ALLOWED_HOST'])
  })
})
