import { Text } from '@mantine/core'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { differs, offsetOf } from '../../parts/zone.ts'
import classes from './schedules.module.css'

interface NextFiringsProps {
  readonly firings: readonly { readonly at: string; readonly alsoFor: number }[]
  readonly timeZone: string
}

/** When a schedule fires next, by the clock of whoever looks and by its own, with the changes of the clocks. */
export function NextFirings({ firings, timeZone }: NextFiringsProps) {
  const t = useMessages().schedules
  const format = useFormat()
  const isElsewhere = firings.some(({ at }) => differs(timeZone, Date.parse(at)))
  if (firings.length === 0) return <Text size="sm">{t.noNext}</Text>
  return (
    <table className={classes.firings} aria-label={t.nextFirings}>
      <thead>
        <tr>
          <th scope="col">{t.yourTime(ownTimeZone())}</th>
          {isElsewhere && <th scope="col">{t.itsTime(timeZone)}</th>}
        </tr>
      </thead>
      <tbody>
        {firings.map(({ at, alsoFor }, index) => {
          const before = firings[index - 1]?.at ?? at
          const shift = shiftOf(before, at, timeZone)
          const ownShift = shiftOf(before, at, ownTimeZone())
          return (
            <tr key={at}>
              <td>
                <time dateTime={at}>{format.shortTime(at)}</time>
                {alsoFor > 0 && <Note text={t.alsoFor(alsoFor)} />}
                {ownShift !== 0 && <Note text={t.shifted(ownShift)} />}
              </td>
              {isElsewhere && (
                <td>
                  {format.shortTime(at, timeZone)}
                  {shift !== 0 && <Note text={t.shifted(shift)} />}
                </td>
              )}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

const Note = ({ text }: { readonly text: string }) => (
  <div className={classes.note} data-tone="warn">
    {text}
  </div>
)

/** By how many minutes the clocks of a zone were put forward between two moments. */
function shiftOf(before: string, at: string, timeZone: string): number {
  try {
    return offsetOf(Date.parse(at), timeZone) - offsetOf(Date.parse(before), timeZone)
  } catch {
    return 0
  }
}
