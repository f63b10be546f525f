import { Box, Center, Stack, Text, ThemeIcon } from '@mantine/core'
import type { IconProps } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'

interface EmptyProps {
  readonly icon: ComponentType<IconProps>
  readonly title: string
  /** What it is for, and what comes next. */
  readonly children: ReactNode
  /** The button that does the next step. */
  readonly action?: ReactNode
}

/** Where there is nothing yet: what would be here, and how it gets here. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="sm" maw={440} ta="center">
        <ThemeIcon variant="light" size={52} radius="xl">
          <Icon size={26} aria-hidden />
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
        {action !== undefined && <Box mt="xs">{action}</Box>}
      </Stack>
    </Center>
  )
}
