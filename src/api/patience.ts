import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RequestTooSlow } from '../core/faults.ts'
import { refuse } from './refusal.ts'

/** Bodies are JSON of a few hundred bytes; a megabyte of it arrives within this over any line worth the name. */
const BODY_SECONDS = 15
/** An upload may take days, but not stand still for so long. */
const STILL_MS = 120_000

/** What is left of a body once it was answered is let run into nothing for so long. */
const REST_MS = 5_000

/** Gives the bodies of requests a time to arrive in, so that nobody holds a connection by sending slowly. */
export function addPatience(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    if (isUpload(request)) endWhenStill(request)
    else if (hasBody(request)) endWhenLate(request, reply)
    return payload
  })
  // What comes after the answer is read by nobody.
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete || !(raw.socket instanceof Socket)) return
    const timer = setTimeout(() => raw.destroy(), REST_MS)
    for (const event of ['end', 'close']) raw.once(event, () => clearTimeout(timer))
  })
}

const isUpload = ({ headers }: FastifyRequest): boolean =>
  headers['content-type'] === 'application/octet-stream'

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0

function endWhenStill({ raw }: FastifyRequest): void {
  // A request that came over no network stands nowhere.
  if (!(raw.socket instanceof Socket)) return
  raw.setTimeout(STILL_MS, () => raw.destroy())
  raw.once('end', () => raw.setTimeout(0))
}

function endWhenLate(request: FastifyRequest, reply: FastifyReply): void {
  const timer = setTimeout(() => {
    if (reply.sent) return
    reply.header('connection', 'close')
    void refuse(new RequestTooSlow({ seconds: BODY_SECONDS }), request, reply)
  }, BODY_SECONDS * 1000)
  for (const event of ['end', 'close']) request.raw.once(event, () => clearTimeout(timer))
}
