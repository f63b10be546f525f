import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:https'
import type { FastifyBaseLogger } from 'fastify'
import { reason } from '../core/fault.ts'
import { CertificateUnfit } from '../core/faults.ts'
import type { TlsFiles } from '../core/web.ts'

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
  readonly minVersion: 'TLSv1.2'
}

/** A certificate that was renewed is used at most so much later. */
const LOOK_MS = 5_000

/** The server's own certificate and key, as they are in their files; a renewed one is used without a restart. */
export class Certificate {
  readonly #files: TlsFiles
  readonly #log: FastifyBaseLogger
  readonly #servers = new Set<Server>()
  readonly #timer: NodeJS.Timeout
  #pair: Pair
  #failure = ''

  private constructor(files: TlsFiles, log: FastifyBaseLogger, pair: Pair) {
    this.#files = files
    this.#log = log
    this.#pair = pair
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref()
  }

  /** Throws CertificateUnfit. */
  static async open(files: TlsFiles, log: FastifyBaseLogger): Promise<Certificate> {
    const certificate = new Certificate(files, log, await read(files))
    certificate.#sayWhenItEnds()
    return certificate
  }

  get pair(): Pair {
    return this.#pair
  }

  /** Has a server use the certificate, and every later one. */
  keepOn(server: Server): Server {
    this.#servers.add(server)
    server.once('close', () => this.#servers.delete(server))
    return server
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    try {
      const pair = await read(this.#files)
      this.#failure = ''
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return
      this.#pair = pair
      for (const server of this.#servers) server.setSecureContext(pair)
      this.#log.info('the certificate was renewed')
      this.#sayWhenItEnds()
    } catch (error) {
      // The two files are seldom replaced in the same moment, so the old pair serves on.
      const why = reason(error)
      if (why !== this.#failure) this.#log.warn(`the certificate stays as it was: ${why}`)
      this.#failure = why
    }
  }

  #sayWhenItEnds(): void {
    const { validToDate } = new X509Certificate(this.#pair.cert)
    if (validToDate.getTime() < Date.now()) {
      this.#log.warn(
        `the certificate in ${this.#files.certFile} ended on ${validToDate.toISOString()}`,
      )
    }
  }
}

async function read({ certFile, keyFile }: TlsFiles): Promise<Pair> {
  const what = `use the certificate in ${certFile} with the key in ${keyFile}`
  const [cert, key] = await Promise.all([file(certFile), file(keyFile)])
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
      return { cert, key, minVersion: 'TLSv1.2' }
    }
  } catch (error) {
    throw new CertificateUnfit({ what, why: reason(error) }, error)
  }
  throw new CertificateUnfit({ what, why: 'they do not belong together' })
}

async function file(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new CertificateUnfit({ what: `read ${path}`, why: reason(error) }, error)
  }
}
