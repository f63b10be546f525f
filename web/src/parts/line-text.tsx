import type { GivenLine } from '../i18n/fault-words.ts'
import { useSpeech } from '../i18n/language.tsx'
import { useFaultWords } from './fault-text.tsx'

/** A line of a log, or a warning; as the server wrote it, where there are no words for it. */
export function LineText(line: GivenLine) {
  const isEnglish = useSpeech().language === 'en'
  const told = useFaultWords()?.line(line)
  if (told === undefined) return <span lang={isEnglish ? undefined : 'en'}>{line.message}</span>
  const { what, said } = told
  return (
    <>
      {what}
      {said !== undefined && <span lang="en"> {said}</span>}
    </>
  )
}
