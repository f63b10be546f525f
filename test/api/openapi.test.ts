import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { PREFIX } from '../../src/api/mount.ts'
import { openApiDocument } from '../../src/api/openapi/document.ts'
import { EXAMPLES } from '../../src/api/openapi/examples.ts'
import { NAMED } from '../../src/api/openapi/named.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { ApiSite } from './site.ts'

describe('the reference of the API', () => {
  const document = openApiDocument(PREFIX)
  const operations = Object.values(document.paths).flatMap(one => Object.values(one))
  const operation = (id: string) => {
    const found = operations.find(one => one.operationId === id)
    assert.ok(found, id)
    return found
  }

  test('is a valid OpenAPI document', async () => {
    const copy: unknown = structuredClone(document)
    const { valid, errors } = await new Validator().validate(copy as Record<string, unknown>)
    assert.ok(valid, JSON.stringify(errors)?.slice(0, 1000))
  })

  test('tells every route, each under a name of its own', () => {
    assert.equal(operations.length, ROUTES.length)
    const names = operations.map(one => one.operationId)
    assert.equal(new Set(names).size, names.length)
    for (const name of names) assert.match(name, /^[a-z][A-Za-z]+$/)
    for (const name of ['listRuns', 'startRun', 'getRunLog', 'followRun', 'pauseAll']) {
      assert.ok(names.includes(name), name)
    }
  })

  test('gives every document of the schemas its name', () => {
    const { schemas } = document.components
    for (const name of ['Run', 'NewRun', 'Source', 'Schedule', 'Problem', 'Failure']) {
      assert.ok(NAMED[name] && schemas[name], name)
    }
    for (const name of Object.keys(schemas)) assert.ok(NAMED[name], name)
  })

  test('shows examples that the server would take or give', () => {
    for (const [name, example] of Object.entries(EXAMPLES)) {
      assert.ok(NAMED[name], name)
      NAMED[name].parse(example)
    }
  })

  test('says who may do what', () => {
    const add = operation('addSource')
    assert.deepEqual(
      [add['x-role'], add['x-scope'], add['x-audit']],
      ['admin', 'sources:write', 'source.add'],
    )
    assert.match(add.description, /admin/)
    const refused = [400, 401, 403, 404, 409, 413, 415, 421, 422, 429, 431, 502, 503, 507]
    const statuses = [201, ...refused].map(String)
    assert.deepEqual(Object.keys(add.responses), statuses)
  })

  test('says how things travel', () => {
    const { startedAt } = document.components.schemas.Run?.properties ?? {}
    assert.deepEqual(startedAt?.anyOf, [{ type: 'string', format: 'date-time' }, { type: 'null' }])
    assert.ok(operation('followRun').responses['200']?.content?.['application/x-ndjson'])
    const start = operation('startRun')
    assert.ok(start.parameters?.some(one => one.name === 'Idempotency-Key'))
    assert.deepEqual(start.requestBody?.content['application/json']?.schema, {
      $ref: '#/components/schemas/NewRun',
    })
  })

  test('describes every part that it has routes for', () => {
    const tags = new Set(document.tags.map(one => one.name))
    assert.ok(operations.every(one => one.tags.every(tag => tags.has(tag))))
    assert.ok(document.tags.every(one => one.description !== ''))
  })
})

describe('the page of the reference', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())
  const get = (url: string) => site.port.inject({ method: 'GET', url })

  test('is open to all, as the document is', async () => {
    const { statusCode, payload } = await get('/api/openapi.json')
    assert.equal(statusCode, 200)
    assert.deepEqual(JSON.parse(payload), JSON.parse(JSON.stringify(openApiDocument(PREFIX))))
    assert.equal((await get('/api/docs')).statusCode, 200)
  })

  test('has all it needs from this server, and runs nothing that stands in it', async () => {
    const page = await get('/api/docs')
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/)
    assert.doesNotMatch(page.payload, /<script>|<style>|\son\w+=|https?:/)
    const needed = [...page.payload.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)]
    assert.ok(needed.length >= 4)
    for (const [, path = ''] of needed) {
      const { pathname } = new URL(path, 'http://localhost/api/docs')
      assert.equal((await get(pathname)).statusCode, 200, pathname)
    }
  })

  test('gives no other file', async () => {
    for (const path of [
      'index.html',
      'oauth2-redirect.html',
      '../package.json',
      '..%2fpackage.json',
    ]) {
      assert.equal((await get(`/api/docs/ui/${path}`)).statusCode, 404, path)
    }
  })
})
