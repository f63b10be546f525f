import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { queryClient } from '../data/query-client.ts'
import { patiently } from '../parts/part.ts'
import { faultWordsQuery } from './fault-words-query.ts'
import { Format } from './format.ts'
import type { Messages } from './messages.ts'

/** Every language the interface speaks, in its own name. */
export const LANGUAGES = { en: 'English', vi: 'Tiếng Việt' } as const
export type Language = keyof typeof LANGUAGES

type First = typeof import('./en/first.ts').first
type Rest = typeof import('./en/rest.ts').rest
interface Loaders {
  readonly first: () => Promise<First>
  readonly rest: () => Promise<Rest>
}

/** In two parts: what stands first does not wait for what other pages say. */
const LOAD: Readonly<Record<Language, Loaders>> = {
  en: {
    first: async () => (await import('./en/first.ts')).first,
    rest: async () => (await import('./en/rest.ts')).rest,
  },
  vi: {
    first: async () => (await import('./vi/first.ts')).first,
    rest: async () => (await import('./vi/rest.ts')).rest,
  },
}
const KEPT_AS = 'holdfast-language'

interface Spoken {
  readonly language: Language
  readonly messages: Messages
  readonly format: Format
  readonly speak: (language: Language) => Promise<void>
}

const Speech = createContext<Spoken | undefined>(undefined)

/** What was chosen before, or what the browser prefers. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT_AS) ?? '', ...navigator.languages]
  const known = wanted.map(tag => tag.split('-')[0] ?? '').find(tag => tag in LANGUAGES)
  return (known as Language | undefined) ?? 'en'
}

/** What was loaded last; a page that is loaded puts its part into it before it is shown. */
let spokenNow: { readonly language: Language; readonly messages: Messages } | undefined
let restOf: Language | undefined

/** The messages that stand first in a language. The others come with {@link withMessages}. */
export async function messagesOf(language: Language): Promise<Messages> {
  document.documentElement.lang = language
  const messages = (await LOAD[language].first()) as Messages
  spokenNow = { language, messages }
  return messages
}

async function loadRest(): Promise<void> {
  if (spokenNow === undefined || restOf === spokenNow.language) return
  const { language, messages } = spokenNow
  // A page shows its faults in the language that is spoken at once; without these words, as the server says them.
  const [said] = await Promise.all([
    LOAD[language].rest(),
    queryClient.prefetchQuery(faultWordsQuery(language)),
  ])
  Object.assign(messages, said)
  restOf = language
}

/** What is shown later than the overview, with what it says: together, or not at all. */
export const withMessages =
  <Module,>(load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    const [module] = await patiently(() => Promise.all([load(), loadRest()]))
    return module
  }

interface SpeechProviderProps {
  readonly first: { readonly language: Language; readonly messages: Messages }
  readonly children: ReactNode
}

export function SpeechProvider({ first, children }: SpeechProviderProps) {
  const [spoken, setSpoken] = useState(first)
  const speak = useCallback(async (language: Language) => {
    const messages = await messagesOf(language)
    await loadRest()
    localStorage.setItem(KEPT_AS, language)
    setSpoken({ language, messages })
  }, [])
  const value = useMemo(
    () => ({ ...spoken, speak, format: new Format(spoken.language, spoken.messages.units) }),
    [spoken, speak],
  )
  return <Speech value={value}>{children}</Speech>
}

/** The language that is spoken, its messages, and how it writes numbers and times. */
export function useSpeech(): Spoken {
  const spoken = useContext(Speech)
  if (spoken === undefined) throw new Error('there is no SpeechProvider')
  return spoken
}

/** `const t = useMessages().runs` */
export const useMessages = (): Messages => useSpeech().messages
export const useFormat = (): Format => useSpeech().format
