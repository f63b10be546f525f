import { Button } from '@mantine/core'
import { IconAnchor } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { repositoriesQuery, sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Arrival } from '../../parts/arrival.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { DatabaseStep } from './database-step.tsx'
import { ProofStep } from './proof-step.tsx'
import { KeyStep, RepositoryStep } from './repository-step.tsx'
import { ScheduleStep } from './schedule-step.tsx'
import { StepList } from './step-list.tsx'
import { type Step, stepDue, stepShown } from './steps.ts'

/** From an empty server to the first proven backup. */
export function WelcomePage() {
  const t = useMessages().welcome
  const mayAll = useMay('admin')
  return (
    <Page title={t.title} lead={t.lead}>
      {mayAll ? <Wizard /> : <NotForYou />}
    </Page>
  )
}

function Wizard() {
  const { step: asked } = useSearch({ from: '/inside/welcome' })
  const navigate = useNavigate()
  const repositories = useQuery(repositoriesQuery)
  const sources = useQuery(sourcesQuery)
  // Its recovery key is shown this once: nothing else is, until somebody has it.
  const [created, setCreated] = useState<CreatedRepository>()
  const [isOver, setOver] = useState(false)
  const goTo = (step: Step) => void navigate({ to: '/welcome', search: { step } })
  const confirmed = () => {
    setCreated(undefined)
    goTo('database')
  }
  return (
    <Answer query={repositories} lines={6}>
      {({ repositories: places }) => (
        <Answer query={sources} lines={6}>
          {({ sources: known }) => {
            const due = created ? 'repository' : stepDue(places, known)
            const step = stepShown(asked, due)
            return (
              <>
                <StepList current={step} due={due} isOver={isOver} />
                <Arrival at={created ? 'key' : step}>
                  {created && <KeyStep created={created} onConfirmed={confirmed} />}
                  {!created && step === 'repository' && (
                    <RepositoryStep
                      repositories={places}
                      onCreated={setCreated}
                      onNext={() => goTo('database')}
                    />
                  )}
                  {step === 'database' && (
                    <DatabaseStep sources={known} onNext={() => goTo('schedule')} />
                  )}
                  {step === 'schedule' && (
                    <ScheduleStep sources={known} onNext={() => goTo('proof')} />
                  )}
                  {step === 'proof' && <ProofStep sources={known} onOver={() => setOver(true)} />}
                </Arrival>
              </>
            )
          }}
        </Answer>
      )}
    </Answer>
  )
}

function NotForYou() {
  const t = useMessages().welcome
  const { toOverview } = useMessages().common
  return (
    <Empty
      icon={IconAnchor}
      title={t.notForYou}
      action={<Button renderRoot={props => <Link to="/" {...props} />}>{toOverview}</Button>}
    >
      {t.notForYouText}
    </Empty>
  )
}
