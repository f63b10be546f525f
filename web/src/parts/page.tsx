import { Anchor, Box, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n/language.tsx'

export interface Crumb {
  readonly label: string
  readonly to: LinkProps['to']
}

interface PageProps {
  readonly title: string
  /** One sentence below the title. */
  readonly lead?: ReactNode
  /** The pages above this one. */
  readonly crumbs?: readonly Crumb[]
  /** A sign beside the title: a state, for example. */
  readonly badge?: ReactNode
  /** Buttons; the first of them is what most people come for. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

const NO_CRUMBS: readonly Crumb[] = []

/** The frame of a page: its title is the only h1, and the title of the tab. */
export function Page({ title, lead, crumbs = NO_CRUMBS, badge, actions, children }: PageProps) {
  useDocumentTitle(useMessages().app.title(title))
  return (
    <Stack gap="lg">
      <Box component="header">
        {crumbs.length > 0 && (
          <Breadcrumbs mb={6} separatorMargin={6}>
            {crumbs.map(({ label, to }) => (
              <Anchor key={label} size="sm" renderRoot={props => <Link to={to} {...props} />}>
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box miw={0} flex="1 1 20rem">
            <Group gap="sm">
              <Title order={1} style={{ overflowWrap: 'anywhere' }}>
                {title}
              </Title>
              {badge}
            </Group>
            {lead !== undefined && (
              <Text c="dimmed" size="sm" mt={4} component="div">
                {lead}
              </Text>
            )}
          </Box>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  )
}
