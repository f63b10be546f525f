import { Button, type ButtonProps } from '@mantine/core'
import { IconArchive, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { type ReactNode, Suspense, useState } from 'react'
import type { NewRun } from '../../../../src/client/index.ts'
import { NotProven } from '../../app/proof.tsx'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { part } from '../../parts/part.ts'

const StartTrouble = part(() => import('./source-start-trouble.tsx'), 'StartTrouble')

interface Start {
  readonly start: (run: NewRun) => void
  readonly isBusy: boolean
  /** What stands in the way, and how it goes on from there. */
  readonly trouble: ReactNode
}

/** Starts a run of a source; `done` is said then. */
export function useStart(done: string): Start {
  const [fault, setFault] = useState<{ readonly error: Error; readonly run: NewRun }>()
  const act = useAct((run: NewRun) => client.startRun(run), { done, showsFault: true })
  const start = (run: NewRun) => {
    setFault(undefined)
    act.mutate(run, {
      onError: error => {
        if (!(error instanceof NotProven)) setFault({ error, run })
      },
    })
  }
  const trouble = fault && (
    <Suspense>
      <StartTrouble {...fault} onStart={start} onClose={() => setFault(undefined)} />
    </Suspense>
  )
  return { start, isBusy: act.isPending, trouble }
}

interface StartButtonProps extends Pick<ButtonProps, 'size' | 'variant'> {
  readonly source: { readonly id: string; readonly name: string }
}

/** Backs a source up, for those who may. */
export function BackUpNow({ source, size = 'xs', variant = 'default' }: StartButtonProps) {
  const t = useMessages().sources
  const { start, isBusy, trouble } = useStart(t.backUpStarted(source.name))
  return (
    <OnlyFor role="operator">
      <Button
        size={size}
        variant={variant}
        loading={isBusy}
        leftSection={<IconArchive size={16} aria-hidden />}
        aria-label={t.backUpOf(source.name)}
        onClick={() => start({ kind: 'backup', source: source.id })}
      >
        {t.backUpNow}
      </Button>
      {trouble}
    </OnlyFor>
  )
}

/** Proves the latest backup of a source by comparison, for those who may. */
export function ProveLatest({ source, size = 'xs', variant = 'default' }: StartButtonProps) {
  const t = useMessages().sources
  const { start, isBusy, trouble } = useStart(t.proveStarted(source.name))
  return (
    <OnlyFor role="operator">
      <Button
        size={size}
        variant={variant}
        loading={isBusy}
        leftSection={<IconRosetteDiscountCheck size={16} aria-hidden />}
        aria-label={t.proveOf(source.name)}
        onClick={() => start({ kind: 'verify', source: source.id, backup: 'latest' })}
      >
        {t.prove}
      </Button>
      {trouble}
    </OnlyFor>
  )
}
