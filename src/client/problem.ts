import type { Problem } from './types.ts'

/** A request that was refused, or failed. Go by `code`: it does not change from version to version. */
export class HoldfastError extends Error {
  /** The kind of the fault: `RUN_IN_THE_WAY`, `NOT_FOUND`; SERVER_UNREACHABLE where nobody answered. */
  readonly code: string
  /** The HTTP status; 0 where nobody answered. */
  readonly status: number
  /** The next step, for people. */
  readonly hint: string
  /** Whether the same request may work later. */
  readonly retry: boolean
  /** In how many seconds, where the server says it. */
  readonly retryAfter: number | undefined
  /** With code INVALID_INPUT: what is wrong with which field. */
  readonly problems: readonly { readonly field: string; readonly why: string }[]
  /** With code RUN_IN_THE_WAY: the run that is in the way. */
  readonly run: string | undefined
  /** With code TWO_FACTOR_REQUIRED: what the second step of the login shows. */
  readonly challenge: string | undefined

  constructor(
    {
      code,
      status,
      detail,
      hint,
      retry,
      problems = [],
      run,
      challenge,
    }: Omit<Problem, 'type' | 'title' | 'exit'>,
    options: { readonly retryAfter?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.status = status
    this.hint = hint
    this.retry = retry
    this.retryAfter = options.retryAfter
    this.problems = problems
    this.run = run
    this.challenge = challenge
  }
}

/** What a refusal says. */
export async function problemOf(response: Response): Promise<HoldfastError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json')) {
    return new HoldfastError(JSON.parse(text) as Problem, { retryAfter })
  }
  const { status } = response
  return new HoldfastError(
    {
      code: 'UNEXPECTED_ANSWER',
      status,
      detail: `what answers there is no holdfast server: status ${status}, ${type || 'no type'}`,
      hint: 'check the address, and what stands before the server',
      retry: status >= 500,
    },
    { retryAfter, cause: text.slice(0, 1000) },
  )
}

export const unreachable = (server: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    {
      code: 'SERVER_UNREACHABLE',
      status: 0,
      detail: `no holdfast server answers at ${server}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'check the address, and that the server runs',
      retry: true,
    },
    { cause },
  )
