import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import type { Messages } from './en/index.ts'
import { Format } from './format.ts'

/** Every language the interface speaks, in its own name. */
export const LANGUAGES = { en: 'English', vi: 'Tiếng Việt' } as const
export type Language = keyof typeof LANGUAGES

const LOAD: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => (await import('./en/index.ts')).en,
  vi: async () => (await import('./vi/index.ts')).vi,
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

/** The messages of a language; only that one is loaded. */
export async function messagesOf(language: Language): Promise<Messages> {
  document.documentElement.lang = language
  return await LOAD[language]()
}

interface SpeechProviderProps {
  readonly first: { readonly language: Language; readonly messages: Messages }
  readonly children: ReactNode
}

export function SpeechProvider({ first, children }: SpeechProviderProps) {
  const [spoken, setSpoken] = useState(first)
  const speak = useCallback(async (language: Language) => {
    const messages = await messagesOf(language)
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
