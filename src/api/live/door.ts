import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Server, type Socket } from 'socket.io'
import type { Catalog } from '../../catalog/db.ts'
import { type Caller, roleReaches, scopesCover } from '../../core/access.ts'
import { NotAllowed, TooManyRequests } from '../../core/faults.ts'
import type { Log } from '../../core/log.ts'
import { callerKey } from '../caller-key.ts'
import { problemOf, understood } from '../faults.ts'
import type { Front } from '../front.ts'
import { requireKnown } from '../policy.ts'
import type { Reception } from '../reception.ts'
import { LIVE_ACCESS, LiveAuth, type LiveEventJson, type LiveType } from '../schema/live.ts'
import type { Told } from './documents.ts'
import type { LiveHub } from './hub.ts'
import { Places } from './places.ts'
import { type Guest, Recheck } from './recheck.ts'

/** Where Socket.IO is, on the port of the API. */
export const LIVE_PATH = '/api/v1/live'
/** A client says who it is and where it stood, and nothing else. */
const MOST_BYTES = 4 * 1024
const MOST_PER_CALLER = 100
/** Whoever has not said who they are in this time is not one of ours. */
const INTRODUCTION_MS = 5_000
const PING_MS = 20_000
/** Whoever finds no place may ask again then. */
const RETRY_SECONDS = 60
/** So many messages wait for a client that does not read; then it may come again and catch up. */
const MOST_WAITING = 500

interface Sends {
  live(document: LiveEventJson): void
}
interface Kept {
  caller: Caller
  position: string | undefined
}
type Nothing = Record<string, never>
type LiveSocket = Socket<Nothing, Sends, Nothing, Kept>
type LiveServer = Server<Nothing, Sends, Nothing, Kept>

export interface LiveOptions {
  /** By which names it is called, and whom it believes who sends a request. */
  readonly front: Front
  readonly reception: Reception
  readonly catalog: Catalog
  readonly hub: LiveHub
  readonly log: Log
}

const TYPES = Object.keys(LIVE_ACCESS) as (keyof typeof LIVE_ACCESS)[]

/** Whether somebody may hear of a type. */
function hears({ role, scopes }: Caller, type: LiveType): boolean {
  if (type === 'snapshot') return true
  const { area, needs } = LIVE_ACCESS[type]
  return roleReaches(role, needs) && scopesCover(scopes, area, 'read')
}

/** Lets clients of Socket.IO watch through a door of the server. */
export async function mountLive(app: FastifyInstance, options: LiveOptions): Promise<void> {
  const { hub, catalog, log, front } = options
  const places = new Places()
  const io: LiveServer = new Server(app.server, {
    path: LIVE_PATH,
    serveClient: false,
    transports: ['polling', 'websocket'],
    maxHttpBufferSize: MOST_BYTES,
    // Later than our own: it waits half a minute for a client to take its leave.
    connectTimeout: 2 * INTRODUCTION_MS,
    pingInterval: PING_MS,
    pingTimeout: PING_MS,
    allowRequest: (request, answer) => {
      const why = refusal(request, places, front)
      answer(why, why === undefined)
    },
  })
  io.engine.on('connection', (seat: LiveSocket['conn']) => {
    // Many may have been let in at once.
    if (!places.take(seat, front.sender(seat.request).address)) return seat.close(true)
    const timer = setTimeout(() => {
      if (places.isStranger(seat)) seat.close(true)
    }, INTRODUCTION_MS)
    seat.once('close', () => {
      clearTimeout(timer)
      places.leave(seat)
    })
  })
  const counts = new Map<string, number>()
  const decide = async (socket: LiveSocket, next: (refusal?: Error) => void) => {
    let refusal: Error | undefined
    try {
      await introduce(socket, options, counts)
    } catch (error) {
      const problem = problemOf(error)
      refusal = Object.assign(new Error(problem.detail), { data: problem })
    }
    next(refusal)
  }
  io.use((socket, next) => void decide(socket, next))
  const recheck = new Recheck(catalog, log, () => guestsOf(io))
  io.on('connection', socket => {
    places.know(socket.conn)
    // Many may have come at once; whoever comes again is told why not.
    if (count(counts, socket) > MOST_PER_CALLER) socket.conn.close()
    recheck.check()
    // There is nothing that a client may say.
    socket.use(() => socket.disconnect(true))
    const { caller, position } = socket.data
    const heard = TYPES.filter(type => hears(caller, type))
    for (const document of hub.welcome(position, type => hears(caller, type))) {
      socket.emit('live', document)
    }
    // In the same breath: nothing is told between the welcome and this.
    void socket.join(heard)
  })
  await recheck.start()
  const leave = hub.attend(audienceOf(io, hub))
  app.addHook('preClose', async () => {
    leave()
    await recheck.stop()
    // Not as a farewell to each: whoever is cut off tries again, and finds another node or this one anew.
    io.engine.close()
  })
}

/** Why a request may not even say who sends it. */
function refusal(request: IncomingMessage, places: Places, front: Front): string | undefined {
  const { host, address } = front.sender(request)
  const isFull = places.refusal(address)
  if (isFull !== undefined) {
    // Engine.IO keeps the answer there, where there is one to a request of its own.
    const { res } = request as { res?: ServerResponse }
    res?.setHeader('retry-after', RETRY_SECONDS)
    return isFull
  }
  const isKnown = front.knows(host, request.socket.localAddress)
  if (!isKnown || front.isAmbiguous(request)) return 'it calls the server by another name'
  // A cookie comes along whoever's page opens the connection, and what it is told would be read by that page.
  return isForeign(request, host) ? 'it comes from a page of another site' : undefined
}

function isForeign({ headers }: IncomingMessage, host: string): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = headers
  if (site !== 'same-origin' && site !== 'none') return true
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()
}

/** Finds out who connects. Throws KeyRequired, NotAllowed, TooManyRequests. */
async function introduce(
  socket: LiveSocket,
  { hub, front, reception }: LiveOptions,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const { token, position } = understood(LiveAuth, socket.handshake.auth)
  const { cookie, ...headers } = socket.handshake.headers
  const sender = front.sender(socket.request)
  const shown = {
    headers:
      token === undefined
        ? { ...headers, ...(cookie !== undefined && { cookie }) }
        : { ...headers, authorization: `Bearer ${token}` },
    address: sender.address,
    isSecure: sender.isSecure,
  }
  const caller = await reception.letIn(shown)
  requireKnown(caller)
  if (!TYPES.some(type => hears(caller, type))) {
    throw new NotAllowed({ what: LIVE_PATH, needs: 'a key with a scope such as runs:read' })
  }
  if ((counts.get(callerKey(caller)) ?? 0) >= MOST_PER_CALLER) {
    const what = `${caller.actor} has ${MOST_PER_CALLER} connections already`
    throw new TooManyRequests({ what, retryAfterSeconds: 60 })
  }
  if (position !== undefined) await hub.reach(position)
  Object.assign(socket.data, { caller, position })
}

/** Counts a connection while it lasts; answers how many there are of its caller. */
function count(counts: Map<string, number>, socket: LiveSocket): number {
  const key = callerKey(socket.data.caller)
  const number = (counts.get(key) ?? 0) + 1
  counts.set(key, number)
  socket.once('disconnect', () => {
    const left = (counts.get(key) ?? 1) - 1
    if (left > 0) counts.set(key, left)
    else counts.delete(key)
  })
  return number
}

const guestsOf = (io: LiveServer): Guest[] =>
  [...io.sockets.sockets.values()].map(socket => ({
    caller: socket.data.caller,
    // Without a farewell: the client tries again, and is told why it is not let in any more.
    turnOut: () => socket.conn.close(),
  }))

const audienceOf = (io: LiveServer, hub: LiveHub) => ({
  get size() {
    return io.engine.clientsCount
  },
  tell(documents: readonly Told[]) {
    for (const document of documents) io.to(document.type).emit('live', document)
    for (const socket of io.sockets.sockets.values()) {
      // Declared private in engine.io, which offers no other way to know.
      const { writeBuffer } = socket.conn as unknown as { writeBuffer: readonly unknown[] }
      if (writeBuffer.length > MOST_WAITING) socket.conn.close()
    }
  },
  beginAnew() {
    for (const socket of io.sockets.sockets.values()) {
      const { caller } = socket.data
      // Any position that is not known.
      for (const document of hub.welcome('', type => hears(caller, type)))
        socket.emit('live', document)
    }
  },
})
