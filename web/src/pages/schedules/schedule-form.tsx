import { Alert, Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconClockExclamation } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { PreviewedSchedule, Schedule } from '../../../../src/client/index.ts'
import {
  repositoriesQuery,
  schedulePreviewQuery,
  schedulesQuery,
  sourcesQuery,
} from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { readDuration } from '../../parts/durations.ts'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { useSaid, useScheduleWords } from '../../parts/schedule-words.ts'
import { Section } from '../../parts/section.tsx'
import { sentence } from '../../parts/sentence.ts'
import { type Draft, type Field, previewOf, type Wrong, wrongIn } from './draft.ts'
import { FineFields } from './fine-fields.tsx'
import { KeepFields } from './keep-fields.tsx'
import { KeepPreview } from './keep-preview.tsx'
import { NextFirings } from './next-firings.tsx'
import { type Place, problemsOf } from './problems.tsx'
import classes from './schedules.module.css'
import { type FieldsProps, WhenFields } from './when-fields.tsx'

const WAIT_MS = 300
const FIRINGS = 10

interface ScheduleFormProps {
  readonly first: Draft
  /** The one that is changed; none: a new one. */
  readonly schedule?: Schedule
  readonly action: string
  readonly isBusy: boolean
  /** Why it could not be saved. */
  readonly fault: unknown
  readonly onSave: (draft: Draft) => void
  /** Other buttons beside the one that saves. */
  readonly others?: ReactNode
  /** What stands beside the form until the time is another one. */
  readonly beside?: ReactNode
}

/** A schedule with all that can be said about it, and what that comes to. */
export function ScheduleForm(props: ScheduleFormProps) {
  const { first, schedule, action, isBusy, fault, onSave, others, beside } = props
  const t = useMessages().schedules
  const [draft, setDraft] = useState(first)
  const [isTried, setTried] = useState(false)
  // What was refused is about what was sent: a change is not judged by it.
  const [judged, setJudged] = useState<Draft>()
  const { data: known } = useQuery(schedulesQuery())
  const preview = usePreview(draft)
  const wrong = wrongIn(draft)
  const saved = problemsOf(judged === draft ? fault : undefined)
  const asked = problemsOf(preview.fault)
  const problem: FieldsProps['problem'] = place => {
    const kind = wrong[place as Field]
    const isLate = kind === 'required' || kind === 'noDays'
    if (kind !== undefined && (!isLate || isTried)) return t.wrong[kind satisfies Wrong]
    return asked.of(place as Place) ?? saved.of(place as Place)
  }
  const fields = {
    draft,
    problem,
    onChange: (change: Partial<Draft>) => setDraft({ ...draft, ...change }),
  }
  const save = () => {
    setTried(true)
    setJudged(draft)
    if (Object.keys(wrong).length === 0) onSave(draft)
  }
  const isFineWrong = ['jitter', 'blackout', 'delays', 'networkDelays', 'priority', 'maxSize'].some(
    place => problem(place) !== undefined,
  )
  return (
    <Form onSubmit={save} fault={isTried ? [fault, judged] : undefined} noValidate>
      <div className={classes.form}>
        <Stack gap="lg">
          <Section title={schedule === undefined ? t.whatTitle : t.whereTitle}>
            <WhatFields {...fields} isNew={schedule === undefined} />
          </Section>
          <Section title={t.whenTitle} lead={t.whenLead}>
            <WhenFields
              {...fields}
              others={known?.schedules.filter(({ id }) => id !== schedule?.id) ?? []}
            />
          </Section>
          <Section title={t.keep.title} lead={t.keep.lead}>
            <Stack>
              <KeepFields {...fields} />
              <KeepPreview
                draft={draft}
                schedule={schedule?.id}
                isTimeRight={preview.data !== undefined}
              />
            </Stack>
          </Section>
          <Section title={t.fine.title} lead={t.fine.lead}>
            <Fine isOpen={isFineWrong}>
              <FineFields {...fields} />
            </Fine>
          </Section>
          {judged === draft && saved.rest !== undefined && <FaultAlert error={saved.rest} />}
          <Group>
            <Button type="submit" loading={isBusy}>
              {action}
            </Button>
            {others}
          </Group>
        </Stack>
        <div className={classes.side}>
          {beside !== undefined && isSame(draft, first) ? (
            beside
          ) : (
            <Section title={t.summary}>
              <Outcome draft={draft} preview={preview.data} isAsked={preview.isAsked} />
            </Section>
          )}
        </div>
      </div>
    </Form>
  )
}

/** Whether it comes to the same times. */
const isSame = (draft: Draft, first: Draft): boolean =>
  JSON.stringify([previewOf(draft, 1), draft.by, draft.after]) ===
  JSON.stringify([previewOf(first, 1), first.by, first.after])

interface Preview {
  readonly data: PreviewedSchedule | undefined
  readonly fault: unknown
  /** There is something to be asked. */
  readonly isAsked: boolean
}

/** What the server makes of the time, a moment after it was changed. */
function usePreview(draft: Draft): Preview {
  const [settled] = useDebouncedValue(draft, WAIT_MS)
  const wanted = previewOf(draft, FIRINGS)
  const asked = previewOf(settled, FIRINGS)
  const preview = useQuery({
    ...schedulePreviewQuery(asked ?? { cron: '' }),
    enabled: asked !== undefined,
  })
  const isCurrent = wanted !== undefined && JSON.stringify(wanted) === JSON.stringify(asked)
  return {
    data: wanted === undefined || preview.isError ? undefined : preview.data,
    fault: isCurrent ? (preview.error ?? undefined) : undefined,
    isAsked: wanted !== undefined && !preview.isError,
  }
}

function Fine({ isOpen, children }: { readonly isOpen: boolean; readonly children: ReactNode }) {
  const t = useMessages().schedules.fine
  const [wants, setWants] = useState(false)
  const isShown = isOpen || wants
  return (
    <>
      <Group mb={isShown ? 'md' : 0}>
        <Button
          size="xs"
          variant="default"
          aria-expanded={isShown}
          onClick={() => setWants(!isShown)}
        >
          {isShown ? t.hide : t.show}
        </Button>
      </Group>
      {isShown && children}
    </>
  )
}

interface WhatFieldsProps extends FieldsProps {
  readonly isNew: boolean
}

/** Which source, and where to. */
function WhatFields({ draft, onChange, problem, isNew }: WhatFieldsProps) {
  const t = useMessages()
  const { data: known } = useQuery(sourcesQuery)
  const { data: places } = useQuery(repositoriesQuery)
  const named = (things: readonly { id: string; name: string }[] | undefined) =>
    things?.map(({ id, name }) => ({ value: id, label: name })) ?? []
  return (
    <Group align="flex-start" grow preventGrowOverflow={false}>
      {isNew && (
        <Select
          label={t.common.source}
          searchable
          placeholder={t.schedules.chooseSource}
          nothingFoundMessage={t.schedules.noSuch}
          data={named(known?.sources)}
          value={draft.source}
          onChange={source => onChange({ source })}
          error={problem('source')}
          limit={80}
        />
      )}
      <Select
        label={t.schedules.keptIn}
        searchable
        allowDeselect={false}
        placeholder={t.schedules.chooseRepository}
        nothingFoundMessage={t.schedules.noSuch}
        data={named(places?.repositories)}
        value={draft.repository}
        onChange={repository => onChange({ repository })}
        error={problem('repository')}
        limit={80}
      />
    </Group>
  )
}

interface OutcomeProps {
  readonly draft: Draft
  readonly preview: PreviewedSchedule | undefined
  readonly isAsked: boolean
}

/** The schedule as a sentence, and when it comes next. */
function Outcome({ draft, preview, isAsked }: OutcomeProps) {
  const t = useMessages().schedules
  const words = useScheduleWords()
  const say = useSaid()
  if (draft.by === 'after') return <Text className={classes.said}>{t.afterAnother}</Text>
  if (preview === undefined) {
    return isAsked ? (
      <Skeleton height={300} />
    ) : (
      <Text size="sm" c="dimmed">
        {t.notYet}
      </Text>
    )
  }
  const { timeZone, blackout } = draft
  const jitterSeconds = readDuration(draft.jitter) ?? 0
  const spoken = { ...preview, timeZone, jitterSeconds, blackout: [...blackout] }
  return (
    <Stack gap="sm">
      <Text className={classes.said} role="status">
        {words(spoken)}
      </Text>
      {preview.warnings.length > 0 && (
        <Alert color="gray" variant="light" icon={<IconClockExclamation />} py="xs">
          {preview.warnings.map(one => (
            <Text key={one} size="sm">
              {sentence(say(one))}
            </Text>
          ))}
        </Alert>
      )}
      <NextFirings firings={preview.firings} timeZone={timeZone} />
    </Stack>
  )
}
