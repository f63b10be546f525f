import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { isFault } from '../data/client.ts'
import type { FaultWords, GivenFault, ToldFault } from '../i18n/fault-words.ts'
import { faultWordsQuery } from '../i18n/fault-words-query.ts'
import { useMessages, useSpeech } from '../i18n/language.tsx'
import { sentence } from './sentence.ts'

/** The words for faults; none until they are fetched. */
export const useFaultWords = (): FaultWords | undefined =>
  useQuery(faultWordsQuery(useSpeech().language)).data

/** What to say of an error, or of the failure of a run: until its words are there, what the server said. */
export function useTold(error: unknown): ToldFault {
  const isEnglish = useSpeech().language === 'en'
  const given = givenBy(error)
  const { message, hint = '', problems = [] } = given
  return (
    useFaultWords()?.of(given) ?? {
      what: sentence(message),
      hint: sentence(hint) || undefined,
      problems,
      lang: isEnglish ? undefined : 'en',
    }
  )
}

const givenBy = (error: unknown): GivenFault =>
  isFault(error) || isFailure(error)
    ? error
    : { message: error instanceof Error ? error.message : String(error) }

const isFailure = (error: unknown): error is GivenFault =>
  typeof error === 'object' && error !== null && !(error instanceof Error) && 'message' in error

interface FaultProps {
  readonly error: unknown
}

/** What happened, in one sentence; what the server said itself where the pointer rests. */
export function FaultLine({ error }: FaultProps) {
  const { what, detail, lang } = useTold(error)
  return (
    <span lang={lang} title={detail ?? what}>
      {what}
    </span>
  )
}

/** What to do, and what the server said itself. */
export function FaultRest({ error }: FaultProps) {
  const t = useMessages().common
  const { hint, detail, lang } = useTold(error)
  return (
    <>
      {hint !== undefined && (
        <Text size="sm">
          <b>{t.nextStep}:</b> <span lang={lang}>{hint}</span>
        </Text>
      )}
      {detail !== undefined && (
        <Text size="xs">
          <b>{t.details}:</b> <span lang="en">{detail}</span>
        </Text>
      )}
    </>
  )
}
