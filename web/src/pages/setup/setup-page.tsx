import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { OutsideFrame } from '../../app/outside-frame.tsx'
import { setupQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { useHashToken } from './hash-token.ts'
import { SetupForm } from './setup-form.tsx'

/** Where the link leads that a new server prints: the first administrator's account. */
export function SetupPage() {
  const t = useMessages().setup
  const [token, setToken] = useHashToken()
  const setup = useQuery(setupQuery)
  const isDone = setup.data?.needed === false
  return (
    <OutsideFrame title={isDone ? t.done : t.title} lead={isDone ? t.doneLead : t.lead}>
      <Answer query={setup}>
        {({ needed }) =>
          needed ? (
            <SetupForm token={token} onToken={setToken} />
          ) : (
            <Group>
              <Button renderRoot={props => <Link to="/login" {...props} />}>{t.toLogin}</Button>
            </Group>
          )
        }
      </Answer>
      {!isDone && (
        <Text size="xs" c="dimmed">
          {t.stays}
        </Text>
      )}
    </OutsideFrame>
  )
}
