import { Agent } from 'node:http'
import { io, type Socket } from 'socket.io-client'
import type { LiveEventJson } from '../../src/api/schema/live.ts'
import { eventually } from './server.ts'

/** Where somebody watches from: the port of a server, or its socket. */
export type Where = { readonly port: number } | { readonly socket: string }

type Of<Type extends LiveEventJson['type']> = Extract<LiveEventJson, { type: Type }>

/** Somebody who watches, and writes down everything that is told. */
export class Viewer {
  readonly told: LiveEventJson[] = []
  /** Why it was not let in, or was turned out, in the order in which that happened. */
  readonly refusals: string[] = []
  readonly socket: Socket

  constructor(
    where: Where,
    options: {
      key?: string | undefined
      position?: string | undefined
      headers?: Record<string, string>
      transports?: string[]
      reconnects?: boolean
    } = {},
  ) {
    const { key, position, headers, transports = ['websocket'], reconnects = false } = options
    const url = 'port' in where ? `http://127.0.0.1:${where.port}` : 'http://localhost'
    this.socket = io(url, {
      path: '/api/v1/live',
      transports,
      forceNew: true,
      reconnection: reconnects,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
      ...(headers && { extraHeaders: headers }),
      ...('socket' in where && {
        agent: new Agent({ socketPath: where.socket } as object) as unknown as string,
      }),
      auth: send => send({ token: key, position: this.position ?? position }),
    })
    this.socket.on('live', (document: LiveEventJson) => this.told.push(document))
    this.socket.on('connect_error', error => {
      const { data } = error as { data?: { code: string } }
      this.refusals.push(data?.code ?? error.message)
    })
    this.socket.on('disconnect', why => this.refusals.push(why))
  }

  /** Where it stands. */
  get position(): string | undefined {
    return this.told.flatMap(one => ('position' in one ? [one.position] : [])).at(-1)
  }

  of<Type extends LiveEventJson['type']>(type: Type): Of<Type>[] {
    return this.told.filter((one): one is Of<Type> => one.type === type)
  }

  /** What has become of a run, as it was told. */
  changesOf(run: string): string[] {
    return this.of('run').flatMap(one => (one.run.id === run ? [one.change] : []))
  }

  async ready(): Promise<this> {
    await eventually('its welcome', () => this.told.length > 0)
    return this
  }

  close(): void {
    this.socket.close()
  }
}
