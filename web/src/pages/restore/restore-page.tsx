import { Button, Card } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Link, useSearch } from '@tanstack/react-router'
import { useMay } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Arrival } from '../../parts/arrival.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { RestoreRun } from './restore-run.tsx'
import { Wizard } from './wizard.tsx'

/** Puts a backup back: chosen step by step, then watched until it is done. */
export function RestorePage() {
  const t = useMessages().restore
  const search = useSearch({ from: '/inside/restore' })
  const mayOperate = useMay('operator')
  if (search.run !== undefined || mayOperate) {
    return (
      <Arrival at={search.run ?? ''}>
        {search.run === undefined ? (
          <Wizard search={search} />
        ) : (
          <RestoreRun key={search.run} id={search.run} />
        )}
      </Arrival>
    )
  }
  return (
    <Page title={t.title}>
      <Card>
        <Empty
          icon={IconLock}
          title={t.notYours}
          action={
            <Button variant="default" renderRoot={props => <Link to="/backups" {...props} />}>
              {t.toBackups}
            </Button>
          }
        >
          {t.notYoursText}
        </Empty>
      </Card>
    </Page>
  )
}
