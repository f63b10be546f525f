import { Agent } from 'node:http'
import { io, type Socket } from 'socket.io-client'
import type { LiveEventJson } from '../../src/api/schema/live.ts'
import { eventually, type TestServer } from './server.ts'

/** Where somebody watches from: the port of a server, or its socket. */
export type Where = { readonly port: number } | { readonly socket: string }

export interface ViewerOptions {
  readonly key?: string | undefined
  /** Where it stood before. */
  readonly position?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly transports?: readonly string[]
  readonly reconnects?: boolean
}

type Of<Type extends LiveEventJson['type']> = Extract<LiveEventJson, { type: Type }>

/** Somebody who watches, and writes down everything that is told. */
export class Viewer {
  readonly told: LiveEventJson[] = []
  /** Why it was not let in, or was cut off, in the order in which that happened. */
  readonly refusals: string[] = []
  readonly #options: ViewerOptions
  socket: Socket

  constructor(where: Where, options: ViewerOptions = {}) {
    this.#options = options
    this.socket = this.#connect(where)
  }

  #connect(where: Where): Socket {
    const { key, position, headers, transports = ['websocket'], reconnects = false } = this.#options
    const url = 'port' in where ? `http://127.0.0.1:${where.port}` : 'http://localhost'
    const agent = 'socket' in where ? new Agent({ socketPath: where.socket } as object) : false
    const socket = io(url, {
      path: '/api/v1/live',
      transports: [...transports],
      forceNew: true,
      reconnection: reconnects,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
      agent: agent as unknown as string,
      ...(headers && { extraHeaders: headers }),
      auth: send => send({ token: key, position: this.position ?? position }),
    })
    socket.on('live', (document: LiveEventJson) => this.told.push(document))
    socket.on('connect_error', error => {
      const { data } = error as { data?: { code: string } }
      this.refusals.push(data?.code ?? error.message)
    })
    socket.on('disconnect', why => this.refusals.push(why))
    return socket
  }

  /** Connects to another server, as a proxy before both would have it do. */
  goTo({ port }: TestServer): void {
    this.socket.close()
    this.socket = this.#connect({ port })
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

  /** Waits until it was let in and welcomed. */
  async ready(): Promise<this> {
    await eventually('its welcome', () => {
      if (this.refusals.length > 0) throw new Error(this.refusals.join(', '))
      return this.told.length > 0
    })
    return this
  }

  close(): void {
    this.socket.close()
  }
}
