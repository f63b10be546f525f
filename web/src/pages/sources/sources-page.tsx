import { Box, Button, Card, Group, Stack, TextInput } from '@mantine/core'
import { IconDatabase, IconPlus, IconSearch, IconSearchOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Summary } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { summaryQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { StripLegend } from '../../parts/charts/strip.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { SourceChoice, useSelection } from './source-choice.tsx'
import { SourceFilter } from './source-filter.tsx'
import { byNeed, type SourceLine, verdictOf } from './source-need.ts'
import { PartSteps, usePart } from './source-pages.tsx'
import { SourceTable } from './source-table.tsx'

const AT_ONCE = 50

export function SourcesPage() {
  const t = useMessages().sources
  const summary = useQuery(summaryQuery())
  return (
    <Page title={t.title} lead={t.lead} actions={<AddSource />}>
      <Answer query={summary} lines={12}>
        {data => (data.sources.length === 0 ? <None /> : <List summary={data} />)}
      </Answer>
    </Page>
  )
}

function AddSource() {
  const t = useMessages().sources
  return (
    <OnlyFor role="admin">
      <Button
        leftSection={<IconPlus size={16} aria-hidden />}
        renderRoot={props => <Link to="/sources/new" {...props} />}
      >
        {t.add}
      </Button>
    </OnlyFor>
  )
}

function None() {
  const t = useMessages().sources
  return (
    <Empty icon={IconDatabase} title={t.none} action={<AddSource />}>
      {t.noneText}
    </Empty>
  )
}

function List({ summary }: { readonly summary: Summary }) {
  const t = useMessages()
  const search = useSearch({ from: '/inside/sources' })
  const navigate = useNavigate({ from: '/sources' })
  const { text = '', verdict = '' } = search
  const look = (change: typeof search) =>
    void navigate({ search: { ...search, ...change }, replace: true })
  const found = useMemo(
    () => summary.sources.filter(fits(text, verdict)).toSorted(byNeed),
    [summary.sources, text, verdict],
  )
  const { part, ...steps } = usePart(found, AT_ONCE)
  const selection = useSelection()
  return (
    <Stack>
      <Group align="flex-end" gap="sm">
        <TextInput
          flex="1 1 16rem"
          maw={420}
          type="search"
          aria-label={t.sources.search}
          placeholder={t.sources.search}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={event => look({ text: event.currentTarget.value })}
        />
        <SourceFilter
          sources={summary.sources}
          value={verdict}
          onChange={value => look({ verdict: value })}
        />
      </Group>
      {found.length === 0 ? (
        <Empty
          icon={IconSearchOff}
          title={t.sources.noneFound}
          action={
            <Button variant="default" onClick={() => look({ text: '', verdict: '' })}>
              {t.common.clear}
            </Button>
          }
        >
          {t.sources.noneFoundText}
        </Empty>
      ) : (
        <Card component="section" aria-label={t.sources.title}>
          <Box mb="sm">
            <StripLegend />
          </Box>
          <SourceChoice sources={summary.sources} {...selection} />
          <SourceTable
            label={t.sources.title}
            lines={part}
            firstDay={summary.firstDay}
            selection={selection}
          />
          <PartSteps {...steps} total={found.length} />
        </Card>
      )}
    </Stack>
  )
}

/** Which sources are shown: those called so that stand so. */
function fits(text: string, wanted: string): (line: SourceLine) => boolean {
  const part = text.trim().toLowerCase()
  return line => {
    const isCalledSo = [line.name, line.label].some(one => one.toLowerCase().includes(part))
    const verdict = verdictOf(line)
    const standsSo =
      wanted === '' || wanted === verdict || (wanted === 'attention' && verdict !== 'good')
    return isCalledSo && standsSo
  }
}
