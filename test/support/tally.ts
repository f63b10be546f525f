import type { EventData } from 'node:test'
import type { TestEvent } from 'node:test/reporters'

/** Characters of an error's message. */
const REASON_LENGTH = 300

/** One line of what the reporter below writes, as JSON. */
export type TallyLine =
  | { readonly began: string }
  | { readonly failed: string }
  | { readonly passed: number; readonly skipped: number }

/** A reporter for test/run.ts: which test runs, which failed, and at the end how many did not. */
export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const line = lineOf(event)
    if (line !== undefined) yield `${JSON.stringify(line)}\n`
  }
}

function lineOf(event: TestEvent): TallyLine | undefined {
  // Not test:start, which waits until all tests before it have been reported.
  if (event.type === 'test:dequeue') return { began: event.data.name }
  if (event.type === 'test:fail' && counts(event.data)) return { failed: nameAndReason(event.data) }
  if (event.type !== 'test:summary') return undefined
  const { passed, skipped, todo } = event.data.counts
  return { passed, skipped: skipped + todo }
}

/** The name of a test, and what its error says in one line: a log that was cut short still tells it. */
function nameAndReason({ name, details: { error } }: EventData.TestFail): string {
  const { cause } = error
  const message = cause instanceof Error ? cause.message : error.message
  return `${name}: ${message.replace(/\s+/g, ' ').trim().slice(0, REASON_LENGTH)}`
}

/** A `describe` that fails because a test in it failed is no failure of its own. */
function counts({ todo, details: { error, type } }: EventData.TestFail): boolean {
  const frame = type === 'suite' && 'failureType' in error && error.failureType === 'subtestsFailed'
  return !frame && (todo === undefined || todo === false)
}
