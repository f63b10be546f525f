import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { openApiDocument } from './document.ts'
import { PAGE, PAGE_POLICY, PAGE_SCRIPT, PAGE_STYLE } from './page.ts'

/** Of all that Swagger UI brings, the page takes these. */
const TAKEN = new Set(['/swagger-ui.css', '/swagger-ui-bundle.js'])
/** It changes with the program only. */
const HOUR_MS = 3_600_000

/** Adds the description of the API and a page to read it: open to all, as it tells what anybody can install. */
export async function addReference(app: FastifyInstance, prefix: string): Promise<void> {
  let document: string | undefined
  const add = (path: string, type: string, content: () => string) =>
    app.get(path, async (_request, reply) =>
      reply
        .type(type)
        .headers({
          'cache-control': 'no-cache',
          'content-security-policy': PAGE_POLICY,
          'x-content-type-options': 'nosniff',
        })
        .send(content()),
    )
  // Made when it is first asked for: it costs a tenth of the whole start.
  add('/api/openapi.json', 'application/json', () => {
    document ??= JSON.stringify(openApiDocument(prefix))
    return document
  })
  add('/api/docs', 'text/html; charset=utf-8', () => PAGE)
  app.get('/api/docs/', async (_request, reply) => reply.redirect('../docs'))
  add('/api/docs/page.js', 'text/javascript; charset=utf-8', () => PAGE_SCRIPT)
  add('/api/docs/page.css', 'text/css; charset=utf-8', () => PAGE_STYLE)
  const swagger = fileURLToPath(import.meta.resolve('@fastify/swagger-ui/package.json'))
  await app.register(files, {
    root: join(dirname(swagger), 'static'),
    prefix: '/api/docs/ui/',
    allowedPath: path => TAKEN.has(path),
    decorateReply: false,
    index: false,
    maxAge: HOUR_MS,
  })
}
