import { Text, Title } from '@mantine/core'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import classes from './week.module.css'
import { Block, useDayName, type WeekProps } from './week-grid.tsx'

/** A week day by day, where there is no room for days beside each other. */
export function WeekList({ days, fires, now, only }: WeekProps) {
  const t = useMessages().schedules.week
  const format = useFormat()
  const dayName = useDayName()
  return (
    <div className={classes.list}>
      {only?.blackout.map(({ days: closed, from, to }) => (
        <Text key={closed.join() + from + to} size="sm" c="dimmed">
          {t.closedFrom(from, to)}
        </Text>
      ))}
      {days.map(({ name, from, until }) => {
        const those = fires.filter(({ at }) => at >= from.getTime() && at < until.getTime())
        return (
          <section key={name} aria-label={format.date(from)}>
            <Title order={3} className={classes.dayName}>
              {dayName(from)}
            </Title>
            {those.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t.nothingOnDay}
              </Text>
            ) : (
              <ul className={classes.fires}>
                {those.map(fire => (
                  <li key={`${fire.schedule} ${fire.at}`}>
                    <Block fire={fire} now={now} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        )
      })}
    </div>
  )
}
