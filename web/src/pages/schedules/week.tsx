import { ActionIcon, Anchor, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconCalendarOff, IconChevronLeft, IconChevronRight, IconRepeat } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Calendar, Schedule } from '../../../../src/client/index.ts'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { calendarQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { useNow } from '../../parts/now.tsx'
import { useScheduleWords } from '../../parts/schedule-words.ts'
import { Section } from '../../parts/section.tsx'
import { useNarrow } from '../runs/use-narrow.ts'
import classes from './week.module.css'
import { type Day, daysFrom, firesIn, mondayOf, weekName } from './week-days.ts'
import { WeekGrid } from './week-grid.tsx'
import { WeekList } from './week-list.tsx'

/** What fires when in a week, of all schedules or of one of them. */
export function Week({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const t = useMessages().schedules.week
  const format = useFormat()
  const { week, schedule: wanted } = useSearch({ from: '/inside/schedules' })
  const now = useNow()
  const monday = mondayOf(week, now)
  const days = daysFrom(monday)
  const [from, until] = [monday, days.at(-1)?.until ?? monday]
  const calendar = useQuery(calendarQuery({ from: from.toISOString(), until: until.toISOString() }))
  const only = schedules.find(({ id }) => id === wanted)
  return (
    <Section
      title={t.title(format.date(from), format.date(days.at(-1)?.from ?? from))}
      lead={t.lead(ownTimeZone())}
      actions={<WeekSteps monday={monday} />}
    >
      <Stack>
        <OneSchedule schedules={schedules} only={only} />
        <Answer query={calendar} lines={14}>
          {data => <Shown calendar={data} only={only} days={days} now={now} />}
        </Answer>
      </Stack>
    </Section>
  )
}

function WeekSteps({ monday }: { readonly monday: Date }) {
  const t = useMessages().schedules.week
  const search = useSearch({ from: '/inside/schedules' })
  const to = (week: string) => ({ to: '/schedules', search: { ...search, week } }) as const
  return (
    <Group gap="xs" component="nav" aria-label={t.steps}>
      <ActionIcon
        size="lg"
        aria-label={t.previous}
        renderRoot={props => <Link {...to(weekName(monday, -1))} {...props} />}
      >
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <Button size="xs" variant="default" renderRoot={props => <Link {...to('')} {...props} />}>
        {t.thisWeek}
      </Button>
      <ActionIcon
        size="lg"
        aria-label={t.next}
        renderRoot={props => <Link {...to(weekName(monday, 1))} {...props} />}
      >
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
    </Group>
  )
}

interface OneScheduleProps {
  readonly schedules: readonly Schedule[]
  readonly only: Schedule | undefined
}

function OneSchedule({ schedules, only }: OneScheduleProps) {
  const t = useMessages().schedules.week
  const words = useScheduleWords()
  const search = useSearch({ from: '/inside/schedules' })
  const navigate = useNavigate({ from: '/schedules' })
  const data = schedules
    .filter(({ cron }) => cron !== null)
    .map(one => ({ value: one.id, label: `${one.source} → ${one.repository}: ${words(one)}` }))
  return (
    <>
      <Select
        maw={560}
        aria-label={t.only}
        placeholder={t.everySchedule}
        searchable
        clearable
        limit={80}
        data={data}
        value={only?.id ?? null}
        onChange={schedule =>
          void navigate({ search: { ...search, schedule: schedule ?? '' }, replace: true })
        }
      />
      {only !== undefined && only.blackout.length > 0 && (
        <Text size="sm" c="dimmed" className={classes.legend}>
          <span className={classes.legendSign} aria-hidden /> {t.closed}
        </Text>
      )}
    </>
  )
}

interface ShownProps {
  readonly calendar: Calendar
  readonly only: Schedule | undefined
  readonly days: readonly Day[]
  readonly now: number
}

function Shown({ calendar, only, days, now }: ShownProps) {
  const t = useMessages().schedules.week
  const format = useFormat()
  const isNarrow = useNarrow()
  const shown = calendar.schedules.filter(({ id }) => only === undefined || id === only.id)
  if (shown.length === 0) {
    return (
      <Empty icon={IconCalendarOff} title={t.nothing}>
        {only?.enabled === false ? t.nothingDisabled : t.nothingText}
      </Empty>
    )
  }
  const fires = firesIn(shown)
  const often = shown.filter(({ often: told }) => told !== null)
  const isCut = calendar.completeUntil < calendar.until
  return (
    <>
      {often.length > 0 && <Often schedules={often} />}
      {fires.length > 0 &&
        (isNarrow ? (
          <WeekList days={days} fires={fires} now={now} only={only} />
        ) : (
          <WeekGrid days={days} fires={fires} now={now} only={only} />
        ))}
      {isCut && (
        <Text size="sm" c="dimmed">
          {t.cut(format.dateTime(calendar.completeUntil))}
        </Text>
      )}
    </>
  )
}

/** One line for each that would fill the week. */
function Often({ schedules }: { readonly schedules: Calendar['schedules'] }) {
  const t = useMessages().schedules.week
  const { sources } = useMessages()
  const format = useFormat()
  return (
    <ul className={classes.often} aria-label={t.often}>
      {schedules.map(
        ({ id, source, often }) =>
          often && (
            <li key={id}>
              <IconRepeat size={15} aria-hidden />
              <span>
                <Anchor
                  inherit
                  underline="always"
                  renderRoot={props => (
                    <Link to="/schedules/$schedule" params={{ schedule: id }} {...props} />
                  )}
                >
                  {source}
                </Anchor>
                :{' '}
                {t.every(
                  sources.every(often.everySeconds, format.duration(often.everySeconds)),
                  format.number(often.count),
                )}
              </span>
            </li>
          ),
      )}
    </ul>
  )
}
