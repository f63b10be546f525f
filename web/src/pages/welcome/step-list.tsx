import { Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/language.tsx'
import classes from './step-list.module.css'
import { STEPS, type Step } from './steps.ts'

interface StepListProps {
  readonly current: Step
  /** The furthest step that one can go to. */
  readonly due: Step
  /** Every step is done. */
  readonly isOver: boolean
}

/** The steps of the first start: which are done, and which is the present one. */
export function StepList({ current, due, isOver }: StepListProps) {
  const t = useMessages().welcome
  const last = STEPS.indexOf(due)
  return (
    <nav aria-label={t.steps}>
      <ol className={classes.list}>
        {STEPS.map((step, at) => {
          const isDone = isOver || at < last
          const name = (
            <>
              <span
                className={classes.sign}
                data-done={isDone || undefined}
                data-tone="good"
                aria-hidden
              >
                {isDone ? <IconCheck size={16} stroke={2.4} /> : at + 1}
              </span>
              <Text span size="sm" className={classes.label}>
                {t.step[step]}
              </Text>
              {isDone && <span className={classes.hidden}>{t.stepDone}</span>}
            </>
          )
          const isCurrent = step === current
          return (
            <li key={step} className={classes.step} data-current={isCurrent || undefined}>
              {at <= last && !isCurrent ? (
                <Link to="/welcome" search={{ step }} className={classes.link}>
                  {name}
                </Link>
              ) : (
                <span className={classes.link} aria-current={isCurrent ? 'step' : undefined}>
                  {name}
                </span>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
