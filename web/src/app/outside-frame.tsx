import { Box, Card, Center, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n/language.tsx'
import { Brand } from './brand.tsx'
import { LanguageButton } from './header-tools.tsx'

interface OutsideFrameProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
}

/** What stands around the pages of those who have not logged in. */
export function OutsideFrame({ title, lead, children }: OutsideFrameProps) {
  useDocumentTitle(useMessages().app.title(title))
  return (
    <Center mih="100dvh" p="md">
      <Box w="100%" maw={420}>
        <Group component="header" justify="space-between" mb="md">
          <Brand />
          <LanguageButton />
        </Group>
        <Card component="main" padding="xl">
          <Stack gap="lg">
            <Box>
              <Title order={1}>{title}</Title>
              {lead !== undefined && (
                <Text c="dimmed" size="sm" mt={4} component="div">
                  {lead}
                </Text>
              )}
            </Box>
            {children}
          </Stack>
        </Card>
      </Box>
    </Center>
  )
}
