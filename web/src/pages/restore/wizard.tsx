import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { NewRestore } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'
import { Agree } from './agree.tsx'
import { Check } from './check.tsx'
import {
  type Choices,
  isAgreed,
  NO_CHOICES,
  type RestoreSearch,
  requestOf,
  STEPS,
  type Step,
} from './choice.ts'
import { ChooseBackup } from './choose-backup.tsx'
import { ChooseTarget } from './choose-target.tsx'
import { Steps } from './steps.tsx'

/** What a restore would meet; looked at once for each request, and again where somebody asks. */
const preflightQuery = (request: NewRestore | undefined) => ({
  queryKey: ['preflight', request],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    client.preflightRestore(request ?? { backup: '', target: '' }, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  // It may name a password.
  gcTime: 0,
  retry: false,
})

const asStep = (text: string | undefined): Step => STEPS.find(step => step === text) ?? 'backup'

/** Four steps to a restore. What is chosen stands in the address, but for what is secret. */
export function Wizard({ search }: { readonly search: RestoreSearch }) {
  const t = useMessages().restore
  const navigate = useNavigate({ from: '/restore' })
  const [choices, setChoices] = useState<Choices>(NO_CHOICES)
  const change = useCallback(
    (some: Partial<Choices>) => setChoices(old => ({ ...old, ...some })),
    [],
  )
  const go = useCallback(
    (some: RestoreSearch, replace = false) =>
      void navigate({ search: old => ({ ...old, ...some }), replace }),
    [navigate],
  )
  const wanted = asStep(search.step)
  const request = requestOf(search, choices)
  const looks = wanted === 'check' || wanted === 'agree'
  const look = useQuery({ ...preflightQuery(request), enabled: looks && request !== undefined })
  const reachable = furthest(
    search,
    request,
    look.data !== undefined && isAgreed(look.data, choices),
  )
  const step = STEPS[Math.min(STEPS.indexOf(wanted), STEPS.indexOf(reachable))] ?? 'backup'
  const toStep = (next: Step) => go({ step: next })
  const heading = useFocusOnStep(step)
  return (
    <Page title={t.title} lead={t.lead}>
      <Steps now={step} reachable={reachable} onGo={toStep} />
      <div ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
        {step === 'backup' && <ChooseBackup search={search} onGo={go} />}
        {step === 'target' && (
          <ChooseTarget search={search} choices={choices} onChange={change} onGo={go} />
        )}
        {step === 'check' && request && (
          <Check
            look={look}
            request={request}
            choices={choices}
            onChange={change}
            onStep={toStep}
          />
        )}
        {step === 'agree' && request && look.data && (
          <Agree
            request={request}
            looked={look.data}
            onStep={toStep}
            onStarted={run => void navigate({ search: { run }, replace: true })}
          />
        )}
      </div>
    </Page>
  )
}

function furthest(search: RestoreSearch, request: NewRestore | undefined, isReady: boolean): Step {
  if (!search.backup || !(search.source || search.label)) return 'backup'
  if (request === undefined) return 'target'
  return isReady ? 'agree' : 'check'
}

/** Another step begins at its top, for the eyes and for a screen reader. */
function useFocusOnStep(step: Step) {
  const heading = useRef<HTMLDivElement>(null)
  const before = useRef(step)
  useEffect(() => {
    if (before.current === step) return
    before.current = step
    heading.current?.focus({ preventScroll: true })
    window.scrollTo({ top: 0 })
  }, [step])
  return heading
}
