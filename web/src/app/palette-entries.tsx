import { useMantineColorScheme } from '@mantine/core'
import {
  IconAnchor,
  IconArchive,
  IconCalendarPlus,
  IconDatabasePlus,
  IconDeviceDesktop,
  IconLanguage,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconSun,
  IconUser,
  IconUserPlus,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { client } from '../data/client.ts'
import { sourcesQuery } from '../data/queries.ts'
import { LANGUAGES, type Language, useMessages, useSpeech } from '../i18n/language.tsx'
import { useStanding } from '../live/live.tsx'
import { useAct } from '../parts/act.tsx'
import { ENTRIES } from './navigation.tsx'
import { type Entry, fits } from './palette-entry.ts'
import { useMay } from './session.tsx'

/** The pages that who has logged in may see. */
export function usePageEntries(): readonly Entry[] {
  const t = useMessages().app
  const navigate = useNavigate()
  const may = useRoles()
  const pages = ENTRIES.filter(({ role }) => may[role]).map(
    ({ to, icon, label }): Entry => ({
      id: `page-${label}`,
      group: 'pages',
      icon,
      label: t[label],
      act: () => void navigate({ to }),
    }),
  )
  const account: Entry = {
    id: 'page-account',
    group: 'pages',
    icon: IconUser,
    label: t.account,
    act: () => void navigate({ to: '/account' }),
  }
  return [...pages, account]
}

const useRoles = () => ({
  viewer: true,
  operator: useMay('operator'),
  admin: useMay('admin'),
})

interface Acts {
  readonly onBackUp: (source: { readonly id: string; readonly name: string }) => void
  readonly onPause: () => void
}

/** What can be done from everywhere, by role. */
export function useActEntries({ onBackUp, onPause }: Acts, text: string): readonly Entry[] {
  const may = useRoles()
  const backUps = useBackUpEntries(onBackUp, text)
  const pause = usePauseEntry(onPause)
  const adding = useAddEntries()
  const looks = useLookEntries()
  return [...(may.operator ? [...backUps, pause] : []), ...(may.admin ? adding : []), ...looks]
}

const MOST_BACK_UPS = 5

/** There may be hundreds of sources: those that are named. */
function useBackUpEntries(onBackUp: Acts['onBackUp'], text: string): readonly Entry[] {
  const t = useMessages().palette
  const { data } = useQuery(sourcesQuery)
  if (text.trim() === '') return []
  return (data?.sources ?? [])
    .map(
      (source): Entry => ({
        id: `back-up-${source.id}`,
        group: 'acts',
        icon: IconArchive,
        label: t.backUp(source.name),
        hint: source.label,
        act: () => onBackUp(source),
      }),
    )
    .filter(fits(text))
    .slice(0, MOST_BACK_UPS)
}

function usePauseEntry(onPause: () => void): Entry {
  const t = useMessages().runs.active
  const { paused } = useStanding()
  const resume = useAct(() => client.resumeAll(), { done: t.resumedAll })
  return paused
    ? {
        id: 'resume-all',
        group: 'acts',
        icon: IconPlayerPlay,
        label: t.resumeAll,
        act: () => resume.mutate(),
      }
    : { id: 'pause-all', group: 'acts', icon: IconPlayerPause, label: t.pauseAll, act: onPause }
}

function useAddEntries(): readonly Entry[] {
  const t = useMessages()
  const navigate = useNavigate()
  const acts = [
    ['/sources/new', IconDatabasePlus, t.palette.addSource],
    ['/schedules/new', IconCalendarPlus, t.palette.addSchedule],
    ['/repositories/new', IconAnchor, t.repositories.add],
    ['/users', IconUserPlus, t.users.invite],
  ] as const
  return acts.map(([to, icon, label]) => ({
    id: `add-${to}`,
    group: 'acts',
    icon,
    label,
    act: () => void navigate({ to }),
  }))
}

/** Appearance and language. */
function useLookEntries(): readonly Entry[] {
  const { theme, language: word } = useMessages().app
  const { speak, language } = useSpeech()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const schemes = [
    ['light', IconSun],
    ['dark', IconMoon],
    ['auto', IconDeviceDesktop],
  ] as const
  return [
    ...schemes
      .filter(([scheme]) => scheme !== colorScheme)
      .map(
        ([scheme, icon]): Entry => ({
          id: `theme-${scheme}`,
          group: 'looks',
          icon,
          label: `${theme.label}: ${theme[scheme]}`,
          act: () => setColorScheme(scheme),
        }),
      ),
    ...Object.entries(LANGUAGES)
      .filter(([code]) => code !== language)
      .map(
        ([code, name]): Entry => ({
          id: `language-${code}`,
          group: 'looks',
          icon: IconLanguage,
          label: `${word}: ${name}`,
          act: () => void speak(code as Language),
        }),
      ),
  ]
}
