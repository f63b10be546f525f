import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Catalog } from '../../catalog/db.ts'
import { readFigures } from '../../catalog/figures.ts'
import { type Check, failureOf } from '../health.ts'
import { catalogMetrics } from './catalog-metrics.ts'

/** However many look, the catalog is asked this often. */
const FRESH_MS = 10_000
const BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5, 10]

interface Look {
  readonly at: number
  readonly text: Promise<string>
}

export interface MetricsOptions {
  readonly catalog: Catalog
  readonly checks: readonly Check[]
  readonly version: string
}

/** What a node tells a monitoring system of itself and of the catalog. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #catalog: Catalog
  readonly #registry = new Registry()
  readonly #requests: Counter
  readonly #durations: Histogram
  #look: Look | undefined

  constructor({ catalog, checks, version }: MetricsOptions) {
    this.#catalog = catalog
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Counter({
      name: 'holdfast_http_requests_total',
      help: 'Answered requests, by the pattern of their route.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.#durations = new Histogram({
      name: 'holdfast_http_request_duration_seconds',
      help: 'Time until an answer began.',
      labelNames: ['method', 'route'],
      buckets: BUCKETS_SECONDS,
      registers,
    })
    const info = new Gauge({
      name: 'holdfast_info',
      help: 'Always 1; the label tells the version.',
      labelNames: ['version'],
      registers,
    })
    info.set({ version }, 1)
    this.#registry.registerMetric(poolMetric(catalog))
    this.#registry.registerMetric(checksMetric(checks))
  }

  /** Counts an answer; `route` is the pattern and not what was asked for. */
  answered(request: { method: string; route: string; status: number; seconds: number }): void {
    const { method, route, status, seconds } = request
    this.#requests.inc({ method, route, status: String(status) })
    this.#durations.observe({ method, route }, seconds)
  }

  /** Everything, in the text format of Prometheus. While the catalog does not answer, only what is known without. */
  async text(): Promise<string> {
    const [own, catalog] = await Promise.all([this.#registry.metrics(), this.#ofCatalog()])
    return `${own}\n${catalog}`
  }

  async #ofCatalog(): Promise<string> {
    if (this.#look === undefined || performance.now() - this.#look.at > FRESH_MS) {
      const text = readFigures(this.#catalog).then(figures => catalogMetrics(figures).metrics())
      this.#look = { at: performance.now(), text }
    }
    // That it does not answer is told by its check, which is among the metrics.
    return await this.#look.text.catch(() => '')
  }
}

const poolMetric = (catalog: Catalog): Gauge =>
  new Gauge({
    name: 'holdfast_catalog_connections',
    help: 'Connections of the API to the catalog, by what they do; `wanted`: requests that wait for one.',
    labelNames: ['state'],
    registers: [],
    collect() {
      const { busy, idle, wanted } = catalog.connections()
      this.set({ state: 'busy' }, busy)
      this.set({ state: 'idle' }, idle)
      this.set({ state: 'wanted' }, wanted)
    },
  })

const checksMetric = (checks: readonly Check[]): Gauge =>
  new Gauge({
    name: 'holdfast_check_ok',
    help: 'Whether this node finds what it needs: 0 for the check that keeps it from being ready.',
    labelNames: ['check'],
    registers: [],
    async collect() {
      const found = await Promise.all(
        checks.map(async one => [one.name, (await failureOf(one)) === undefined ? 1 : 0] as const),
      )
      for (const [check, ok] of found) this.set({ check }, ok)
    },
  })
