import { isFault } from '../data/client.ts'
import { sentence } from './sentence.ts'

/** Which part of a fault is said beside which field. */
interface BesideFields {
  /** What is wrong with a field. */
  readonly of: (field: string) => string | undefined
  /** What is about none of the fields. */
  readonly rest: unknown
}

/**
 * Splits a fault among the fields of a form. `byCode` names the field that a fault of one kind is about:
 * `{ NAME_TAKEN: 'name' }`.
 */
export function besideFields(
  error: unknown,
  fields: readonly string[],
  byCode: Readonly<Record<string, string>> = {},
): BesideFields {
  const nothing = { of: () => undefined, rest: error ?? undefined }
  if (!isFault(error)) return nothing
  const about = byCode[error.code]
  if (about !== undefined) {
    const text = `${sentence(error.message)} ${sentence(capital(error.hint))}`
    return { of: field => (field === about ? text : undefined), rest: undefined }
  }
  if (error.problems.length === 0) return nothing
  return {
    of: field => {
      const why = error.problems.find(one => one.field === field)?.why
      return why === undefined || !fields.includes(field) ? undefined : sentence(why)
    },
    rest: error.problems.every(one => fields.includes(one.field)) ? undefined : error,
  }
}

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
