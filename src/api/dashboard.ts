import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Front } from './front.ts'
import { pagePolicy } from './headers.ts'

/** Files whose names change with their contents. */
const YEAR_MS = 365 * 86_400_000
/** What is never a page, whoever asks: a misspelt path of the API must not be answered with one. */
const NOT_A_PAGE = /^\/(api|health|metrics|assets)(\/|$)/
const BASE_MARK = '<meta name="holdfast-base" content="">'
const NONCE_MARK = '<meta name="holdfast-nonce" content="">'

/** Where `npm run build:web` puts the dashboard, seen from src/ and from dist/. */
export const DASHBOARD_DIR = join(import.meta.dirname, '../../web/dist')

/**
 * Serves the dashboard, a page of one file: what it shows goes by the path, which it reads itself. Its own styles
 * carry a number that only this answer knows; no other style and no script written into the page counts.
 */
export async function addDashboard(
  app: FastifyInstance,
  front: Front,
  dir = DASHBOARD_DIR,
): Promise<void> {
  const file = join(dir, 'index.html')
  if (!existsSync(file)) {
    addMissing(app)
    return
  }
  const page = readFileSync(file, 'utf8')
    .replaceAll('"./', `"${front.basePath}/`)
    .replace(BASE_MARK, `<meta name="holdfast-base" content="${front.basePath}">`)
  await app.register(files, {
    root: join(dir, 'assets'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    preCompressed: true,
    maxAge: YEAR_MS,
    immutable: true,
  })
  addPages(app, (reply, method) => {
    const nonce = randomBytes(16).toString('base64')
    reply.header('content-security-policy', pagePolicy(nonce)).type('text/html; charset=utf-8')
    const filled = page.replace(NONCE_MARK, `<meta name="holdfast-nonce" content="${nonce}">`)
    return reply.send(method === 'HEAD' ? '' : filled)
  })
}

const MISSING =
  'The dashboard is not built in this checkout: `npm start` builds it and starts the server, `npm run build:web` builds it.\n' +
  'The API and the command line work all the same: see /api/docs.\n'

const addMissing = (app: FastifyInstance): void =>
  addPages(app, reply => reply.code(503).type('text/plain; charset=utf-8').send(MISSING))

/** Answers every path that a page may have. */
function addPages(
  app: FastifyInstance,
  answer: (reply: FastifyReply, method: string) => FastifyReply,
): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: (request, reply) => {
      const [path = '/'] = request.url.split('?')
      if (NOT_A_PAGE.test(path)) {
        reply.callNotFound()
        return reply
      }
      return answer(reply, request.method)
    },
  })
}
