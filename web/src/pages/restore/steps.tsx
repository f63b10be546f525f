import { UnstyledButton } from '@mantine/core'
import { useMessages } from '../../i18n/language.tsx'
import { STEPS, type Step } from './choice.ts'
import classes from './restore.module.css'

interface StepsProps {
  readonly now: Step
  /** The furthest step that can be gone to. */
  readonly reachable: Step
  readonly onGo: (step: Step) => void
}

/** Where in the wizard one is; back leads to every step, forth as far as everything is said. */
export function Steps({ now, reachable, onGo }: StepsProps) {
  const t = useMessages().restore
  const at = STEPS.indexOf(now)
  const furthest = STEPS.indexOf(reachable)
  return (
    <nav aria-label={t.stepsLabel}>
      <ol className={classes.steps}>
        {STEPS.map((step, index) => (
          <li
            key={step}
            className={classes.step}
            data-past={index < at || undefined}
            aria-current={step === now ? 'step' : undefined}
          >
            {index !== at && index <= furthest ? (
              <UnstyledButton
                className={classes.stepLink}
                fz="sm"
                title={t.steps[step]}
                onClick={() => onGo(step)}
              >
                {index + 1}. {t.steps[step]}
              </UnstyledButton>
            ) : (
              <span className={classes.stepLink} title={t.steps[step]}>
                {index + 1}. {t.steps[step]}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
