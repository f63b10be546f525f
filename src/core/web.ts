/** How the port meets the network it is on. */
export interface WebRules {
  /** Where people and programs find the server: `https://backup.example.org`, without a slash at its end. */
  readonly url: URL | undefined
  /** Names by which requests may call the server, besides those it knows anyway. */
  readonly hosts: readonly string[]
  /** Addresses and networks of proxies, which are believed what they say about who asks. */
  readonly proxies: readonly string[]
  /** Its own certificate; undefined: it speaks plain HTTP. */
  readonly tls: TlsFiles | undefined
  readonly metrics: MetricsAccess
  /** From where metrics may be read without a key where they are open. */
  readonly metricsFrom: readonly string[]
  /** How much of the API one caller may ask for; 0: any number. */
  readonly requestsPerMinute: number
}

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

export const METRICS_ACCESS = ['off', 'key', 'open'] as const
/** Who may read the metrics on the port: nobody, who has a key, or whoever asks from the right place. */
export type MetricsAccess = (typeof METRICS_ACCESS)[number]

/** What holds where nothing is said: a server for its own machine. */
export const USUAL_WEB: WebRules = {
  url: undefined,
  hosts: [],
  proxies: [],
  tls: undefined,
  metrics: 'key',
  metricsFrom: ['127.0.0.0/8', '::1'],
  requestsPerMinute: 600,
}
