import { Button, Center, Container, Group, Loader, Stack } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { isFault } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { Empty } from '../parts/empty.tsx'
import { FaultAlert } from '../parts/fault-alert.tsx'
import { Page } from '../parts/page.tsx'

export function PageOnItsWay() {
  const t = useMessages().common
  return (
    <Center mih="40vh">
      <Loader aria-label={t.loading} />
    </Center>
  )
}

export function NoSuchPage() {
  const t = useMessages().common
  return (
    <Page title={t.notFound}>
      <Empty
        icon={IconMapOff}
        title={t.notFound}
        action={<Button renderRoot={props => <Link to="/" {...props} />}>{t.toOverview}</Button>}
      >
        {t.notFoundHint}
      </Empty>
    </Page>
  )
}

/** The same where nothing stands around it. */
export function NoSuchAddress() {
  return (
    <Container component="main" size="sm" py={64}>
      <NoSuchPage />
    </Container>
  )
}

interface BrokenPageProps {
  readonly error: unknown
  readonly reset: () => void
}

/** A fault of the server is told with its hint; anything else is ours, or a file of an older version. */
export function BrokenPage({ error, reset }: BrokenPageProps) {
  const t = useMessages().common
  if (isFault(error) && error.status === 404) return <NoSuchPage />
  return (
    <Page title={t.brokenPage} lead={isFault(error) ? undefined : t.brokenPageHint}>
      <Stack>
        <FaultAlert error={error} onRetry={isFault(error) ? reset : undefined} />
        <Group>
          <Button variant="default" onClick={() => location.reload()}>
            {t.reload}
          </Button>
        </Group>
      </Stack>
    </Page>
  )
}
