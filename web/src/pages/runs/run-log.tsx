import { ActionIcon, Button, Group, Skeleton, Stack, Text, Tooltip } from '@mantine/core'
import { IconArrowDown, IconDownload } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, useState } from 'react'
import type { Run, RunEvent } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { saveText } from '../../parts/keepsake.ts'
import { LineText } from '../../parts/line-text.tsx'
import { Section } from '../../parts/section.tsx'
import type { Tone } from '../../parts/state-badge.tsx'
import classes from './log.module.css'
import type { FollowedLog } from './use-run-log.ts'

const LINE_PX = 24
/** What scrolls must take the focus, or nobody gets to it by keyboard. */
const SCROLLS = { tabIndex: 0 } as const
/** Whoever is so near to the end wants to see what comes. */
const NEAR_PX = 32

interface RunLogProps {
  readonly run: Run
  readonly log: FollowedLog
}

/** What was written down while a run went on; the newest line comes into sight unless somebody reads further up. */
export function RunLogSection({ run, log }: RunLogProps) {
  const t = useMessages().runs.log
  const { events, isLoading, follows, fault } = log
  const lead = [t.lines(events.length), ...(follows ? [t.follows] : [])].join(' · ')
  return (
    <Section
      title={t.title}
      lead={isLoading ? undefined : lead}
      actions={events.length > 0 && <TakeLog run={run} events={events} />}
    >
      {isLoading && (
        <Stack gap={8} aria-busy>
          {[80, 64, 72, 48].map(width => (
            <Skeleton key={width} height={14} width={`${width}%`} />
          ))}
        </Stack>
      )}
      {fault !== undefined && <FaultAlert error={fault} title={t.lost} />}
      {!isLoading && events.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.empty}
        </Text>
      )}
      {events.length > 0 && <Lines events={events} />}
    </Section>
  )
}

const textOf = (events: readonly RunEvent[]): string =>
  events.map(({ at, attempt, kind, message }) => `${at} #${attempt} ${kind} ${message}\n`).join('')

/** Takes the whole log along. */
function TakeLog({ run, events }: { readonly run: Run; readonly events: readonly RunEvent[] }) {
  const t = useMessages().runs.log
  const download = () => saveText(`run-${run.id.slice(0, 8)}.log`, textOf(events))
  return (
    <Group gap={2} wrap="nowrap">
      <Copy text={textOf(events)} label={t.copy} />
      <Tooltip label={t.download}>
        <ActionIcon aria-label={t.download} onClick={download}>
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}

function Lines({ events }: { readonly events: readonly RunEvent[] }) {
  const t = useMessages().runs.log
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  // oxlint-disable-next-line react/incompatible-library -- nothing is memoized by a compiler here
  const lines = useVirtualizer({
    count: events.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  const last = events.length - 1
  useEffect(() => {
    if (isAtEnd) lines.scrollToIndex(last, { align: 'end' })
  }, [lines, last, isAtEnd])
  return (
    <div className={classes.frame}>
      <section
        ref={box}
        className={classes.box}
        aria-label={t.label}
        {...SCROLLS}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_PX)
        }
      >
        <ol className={classes.lines} style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map(({ key, index, start }) => (
            <li
              key={key}
              ref={lines.measureElement}
              data-index={index}
              className={classes.place}
              style={{ transform: `translateY(${start}px)` }}
              aria-posinset={index + 1}
              aria-setsize={events.length}
            >
              <Line event={events[index]} before={events[index - 1]} />
            </li>
          ))}
        </ol>
      </section>
      {!isAtEnd && (
        <Button
          className={classes.newest}
          size="compact-xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => setAtEnd(true)}
        >
          {t.newest}
        </Button>
      )}
    </div>
  )
}

const TONES: Readonly<Record<string, Tone>> = {
  stage: 'busy',
  notice: 'still',
  warning: 'warn',
  error: 'bad',
  control: 'still',
}

interface LineProps {
  readonly event: RunEvent | undefined
  readonly before: RunEvent | undefined
}

const Line = memo(({ event, before }: LineProps) => {
  const messages = useMessages()
  const t = messages.runs.log
  const format = useFormat()
  if (event === undefined) return null
  const { attempt, at, kind, message, code, details } = event
  const state = message === details.state ? message : undefined
  const words: Readonly<Record<string, string>> = messages.states.run
  const failed = details.state === 'failed' || details.state === 'retrying'
  const tone = kind === 'state' ? (failed ? 'bad' : 'muted') : (TONES[kind] ?? 'muted')
  return (
    <>
      {attempt > 0 && attempt !== before?.attempt && (
        <div className={classes.attempt}>{t.attempt(attempt)}</div>
      )}
      <div className={classes.line}>
        <time dateTime={at} title={format.dateTime(at)} className={classes.at}>
          {format.clock(at)}
        </time>
        <span className={classes.kind} data-tone={tone}>
          {t.kinds[kind] ?? kind}
        </span>
        <span className={classes.message}>
          {(kind === 'stage' && messages.states.stage[message]) || (state && words[state]) || (
            <LineText message={message} code={code} details={details} />
          )}
        </span>
      </div>
    </>
  )
})
