import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Run } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { useSecond } from '../../parts/now.tsx'
import { secondsOf } from '../../parts/run-words.ts'
import { Section } from '../../parts/section.tsx'
import classes from './run.module.css'

interface Facts {
  readonly [name: string]: ReactNode
}

/** Whatever else is known of a run: who, when, for which time of which schedule, and what it was asked for. */
export function RunAbout({ run }: { readonly run: Run }) {
  const t = useMessages().runs.one
  const facts = { ...useOrigin(run), ...useTimes(run), ...useRequest(run) }
  return (
    <Section title={t.details}>
      <dl className={classes.facts}>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function useOrigin(run: Run): Facts {
  const t = useMessages().runs.one
  const { about } = t
  const { sourceId, source, repositoryId, repository, scheduleId, repeats } = run
  return given({
    [about.id]: (
      <span className={classes.copied}>
        <code>{run.id}</code> <Copy text={run.id} />
      </span>
    ),
    [about.source]: sourceId && (
      <Anchor
        inherit
        renderRoot={props => (
          <Link to="/sources/$source" params={{ source: sourceId }} {...props} />
        )}
      >
        {source}
      </Anchor>
    ),
    [about.repository]: (
      <Anchor
        inherit
        renderRoot={props => (
          <Link to="/repositories/$repository" params={{ repository: repositoryId }} {...props} />
        )}
      >
        {repository}
      </Anchor>
    ),
    [about.schedule]: scheduleId && (
      <Anchor
        inherit
        renderRoot={props => (
          <Link to="/schedules/$schedule" params={{ schedule: scheduleId }} {...props} />
        )}
      >
        {t.showSchedule}
      </Anchor>
    ),
    [about.repeats]: repeats && (
      <Anchor
        inherit
        renderRoot={props => <Link to="/runs/$run" params={{ run: repeats }} {...props} />}
      >
        {t.showRun}
      </Anchor>
    ),
    [about.who]: run.triggeredBy,
  })
}

function useTimes(run: Run): Facts {
  const t = useMessages().runs.one
  const { about } = t
  const format = useFormat()
  const now = useSecond()
  const time = (at: string | null) => at && format.dateTime(at)
  const seconds = secondsOf(run, now)
  const { startedAt, queuedAt, missedSlots, missedMore } = run
  const waited = startedAt === null ? 0 : (Date.parse(startedAt) - Date.parse(queuedAt)) / 1000
  const missed = [
    ...missedSlots.map(slot => format.shortTime(slot)),
    ...(missedMore > 0 ? [t.missedMore(missedMore)] : []),
  ]
  return given({
    [about.queued]: time(queuedAt),
    [about.waited]: waited >= 1 && format.duration(waited),
    [about.started]: time(startedAt),
    [about.finished]: time(run.finishedAt),
    [about.duration]:
      seconds !== undefined &&
      format.duration(run.finishedAt === null ? Math.floor(seconds) : seconds),
    [about.slot]: time(run.slot),
    [about.missed]: missed.join(', '),
    [about.priority]: run.priority !== 0 && format.number(run.priority),
  })
}

function useRequest({ kind, request, backupId }: Run): Facts {
  const t = useMessages().runs.one.about
  const { yes } = useMessages().common
  const format = useFormat()
  const { tags = {}, maxBytes, target, backup, replace, disconnect, noOwner, readData } = request
  return given({
    [t.backup]: (kind === 'restore' || kind === 'verify') && !backupId && backup,
    [t.target]: target,
    [t.replace]: replace && yes,
    [t.disconnect]: disconnect && yes,
    [t.noOwner]: noOwner && yes,
    [t.readData]: readData && yes,
    [t.maxBytes]: maxBytes !== undefined && format.bytes(maxBytes),
    [t.tags]: Object.entries(tags)
      .map(([name, value]) => (value === '' ? name : `${name} = ${value}`))
      .join(', '),
  })
}

/** Only what there is something to say of. */
const given = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).filter(
      ([, value]) => value !== null && value !== undefined && value !== false && value !== '',
    ),
  )
