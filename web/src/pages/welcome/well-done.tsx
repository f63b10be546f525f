import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useFormat, useMessages } from '../../i18n/language.tsx'

/** What a proof has compared. */
export interface Proven {
  readonly backup: string
  readonly tables: number
  readonly rows: number
}

interface WellDoneProps {
  readonly proven: readonly Proven[]
  /** Where there is only one. */
  readonly source: string | undefined
}

/** The end of the first start, and what comes next. */
export function WellDone({ proven, source }: WellDoneProps) {
  const t = useMessages().welcome
  const format = useFormat()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const sum = (part: 'tables' | 'rows') => proven.reduce((total, one) => total + one[part], 0)
  const [first] = proven
  return (
    <Alert
      ref={box}
      role="status"
      color="kelp"
      icon={<IconShieldCheck aria-hidden />}
      title={t.proven(
        proven.length,
        t.tables(sum('tables'), format.number(sum('tables'))),
        t.rows(sum('rows'), format.number(sum('rows'))),
      )}
    >
      <Stack gap="sm">
        <Text size="sm">{t.provenMeans}</Text>
        <Text size="sm" fw={600}>
          {t.whatNext}
        </Text>
        <List size="sm" spacing={4}>
          {first !== undefined && (
            <List.Item>
              <Anchor
                inherit
                renderRoot={props => (
                  <Link to="/restore" search={{ backup: first.backup }} {...props} />
                )}
              >
                {t.tryRestore}
              </Anchor>
            </List.Item>
          )}
          <List.Item>
            <Anchor inherit renderRoot={props => <Link to="/account" {...props} />}>
              {t.secondFactor}
            </Anchor>
          </List.Item>
          <List.Item>
            <Anchor inherit renderRoot={props => <Link to="/users" {...props} />}>
              {t.invite}
            </Anchor>
          </List.Item>
        </List>
        <Group>
          <Button renderRoot={props => <Link to="/" {...props} />}>{t.toOverview}</Button>
          {source !== undefined && (
            <Button
              variant="default"
              renderRoot={props => <Link to="/sources/$source" params={{ source }} {...props} />}
            >
              {t.toSource}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
