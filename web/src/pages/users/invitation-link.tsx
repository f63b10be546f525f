import { Button, Group, Stack, Text } from '@mantine/core'
import type { InvitedUser } from '../../../../src/client/index.ts'
import { SERVER } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { OnceShown } from './once-shown.tsx'

interface InvitationLinkProps {
  readonly invitation: NonNullable<InvitedUser['invitation']>
  readonly lead: string
  readonly onDone: () => void
}

/** The link by which somebody sets their own password. */
export function InvitationLink({ invitation, lead, onDone }: InvitationLinkProps) {
  const t = useMessages().users
  const format = useFormat()
  // A server that was not told its own address answers a path.
  const link = invitation.link.startsWith('/') ? `${SERVER}${invitation.link}` : invitation.link
  return (
    <Stack>
      <Text size="sm">{lead}</Text>
      <OnceShown label={t.link} text={link} />
      <Text size="sm" c="dimmed">
        {t.linkUntil(format.dateTime(invitation.expiresAt))}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onDone}>{t.linkDone}</Button>
      </Group>
    </Stack>
  )
}
