import type { ReactNode } from 'react'
import { isFault } from '../data/client.ts'
import { useSpeech } from '../i18n/language.tsx'
import { useFaultWords, useTold } from './fault-text.tsx'
import { sentence } from './sentence.ts'

/** Which part of a fault is said beside which field. */
interface BesideFields {
  /** What is wrong with a field. */
  readonly of: (field: string) => ReactNode
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
    return {
      of: field => (field === about ? <WholeFault error={error} /> : undefined),
      rest: undefined,
    }
  }
  if (error.problems.length === 0) return nothing
  return {
    of: field => {
      const why = error.problems.find(one => one.field === field)?.why
      return why === undefined || !fields.includes(field) ? undefined : <FieldProblem why={why} />
    },
    rest: error.problems.every(one => fields.includes(one.field)) ? undefined : error,
  }
}

/** A fault that is about one field: what happened, and what to do. */
export function WholeFault({ error }: { readonly error: unknown }) {
  const { what, hint, detail, lang } = useTold(error)
  return (
    <>
      <span lang={lang}>{[what, hint].filter(Boolean).join(' ')}</span>
      {detail !== undefined && (
        <>
          <br />
          <span lang="en">{detail}</span>
        </>
      )}
    </>
  )
}

/** What is wrong with a field. */
export function FieldProblem({ why }: { readonly why: string }) {
  const isEnglish = useSpeech().language === 'en'
  const said = useFaultWords()?.why(why)
  const lang = said === undefined && !isEnglish ? 'en' : undefined
  return <span lang={lang}>{sentence(said ?? why)}</span>
}
