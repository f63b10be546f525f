import { useDebouncedValue } from '@mantine/hooks'
import {
  IconAnchor,
  IconArchive,
  IconCalendarTime,
  IconDatabase,
  IconHistory,
  IconUser,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Findings } from '../../../src/client/index.ts'
import { searchQuery } from '../data/queries.ts'
import { useFormat, useMessages } from '../i18n/language.tsx'
import type { Entry } from './palette-entry.ts'

type Finding = Findings['findings'][number]

const ICONS = {
  source: IconDatabase,
  repository: IconAnchor,
  schedule: IconCalendarTime,
  backup: IconArchive,
  run: IconHistory,
  user: IconUser,
} as const
const WAIT_MS = 150

interface Found {
  readonly entries: readonly Entry[]
  readonly isSearching: boolean
}

/** What the server finds by a text, a moment after it was typed; what is outdated is not waited for. */
export function useFoundEntries(text: string): Found {
  const wanted = text.trim()
  const [asked] = useDebouncedValue(wanted, WAIT_MS)
  const query = useQuery({ ...searchQuery(asked), enabled: asked !== '' })
  const entryOf = useEntryOf()
  if (wanted === '') return { entries: [], isSearching: false }
  const isOld = asked !== wanted || query.isPending
  return {
    // Those of a text that goes on may not fit any more.
    entries: isOld ? [] : (query.data?.findings ?? []).map(entryOf),
    isSearching: isOld && !query.isError,
  }
}

function useEntryOf(): (finding: Finding) => Entry {
  const states = useMessages().states
  const format = useFormat()
  const go = useGo()
  const hintOf = ({ kind, hint, at }: Finding): string => {
    const [what, state] = hint.split(' ')
    const said =
      kind === 'run'
        ? [
            states.kind[what as keyof typeof states.kind] ?? what,
            states.run[state as keyof typeof states.run] ?? state,
          ].join(', ')
        : hint
    return at === null ? said : `${said} · ${format.shortTime(at)}`
  }
  return finding => ({
    id: `${finding.kind}-${finding.repositoryId ?? ''}-${finding.id}`,
    group: finding.kind,
    icon: ICONS[finding.kind],
    label: finding.name,
    hint: hintOf(finding),
    act: () => go(finding),
  })
}

/** To the page of what was found; people have one together. */
function useGo(): (finding: Finding) => void {
  const navigate = useNavigate()
  const to: Readonly<Record<Finding['kind'], (id: string, repository: string) => Promise<void>>> = {
    source: id => navigate({ to: '/sources/$source', params: { source: id } }),
    repository: id => navigate({ to: '/repositories/$repository', params: { repository: id } }),
    schedule: id => navigate({ to: '/schedules/$schedule', params: { schedule: id } }),
    backup: (id, repository) =>
      navigate({ to: '/backups/$backup', params: { backup: id }, search: { repository } }),
    run: id => navigate({ to: '/runs/$run', params: { run: id } }),
    user: () => navigate({ to: '/users' }),
  }
  return ({ kind, id, repositoryId }) => void to[kind](id, repositoryId ?? '')
}
