import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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

/** Answers a request for a page; undefined where it asks for something else. */
export type Pages = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined

/**
 * Serves the files of the dashboard, and answers what answers every path that nothing else has: the one page that it
 * is, which reads the path itself. Its own styles carry a number that only this answer knows; no other style and no
 * script written into the page counts.
 */
export async function addDashboard(
  app: FastifyInstance,
  front: Front,
  dir = DASHBOARD_DIR,
): Promise<Pages> {
  const file = join(dir, 'index.html')
  if (!existsSync(file)) return pages(sayMissing)
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
  return pages(reply => {
    const nonce = randomBytes(16).toString('base64')
    reply.header('content-security-policy', pagePolicy(nonce)).type('text/html; charset=utf-8')
    return reply.send(page.replace(NONCE_MARK, `<meta name="holdfast-nonce" content="${nonce}">`))
  })
}

const pages =
  (answer: (reply: FastifyReply) => FastifyReply): Pages =>
  ({ method, url }, reply) => {
    const [path = '/'] = url.split('?')
    const isPage = (method === 'GET' || method === 'HEAD') && !NOT_A_PAGE.test(path)
    return isPage ? answer(reply.code(200)) : undefined
  }

const MISSING =
  'The dashboard is not built in this checkout: `npm start` builds it and starts the server, `npm run build:web` builds it.\n' +
  'The API and the command line work all the same: see /api/docs.\n'

const sayMissing = (reply: FastifyReply): FastifyReply =>
  reply.code(503).type('text/plain; charset=utf-8').send(MISSING)
