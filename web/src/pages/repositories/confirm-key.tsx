import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { Form } from '../../parts/form.tsx'

interface ConfirmKeyProps {
  readonly recoveryKey: string
  /** Whoever has not kept it after all sees it again. */
  readonly onShow: () => void
  readonly onConfirmed: () => void
}

/** Asks for two groups of a recovery key: who can say them has the key, and not only meant to keep it. */
export function ConfirmKey({ recoveryKey, onShow, onConfirmed }: ConfirmKeyProps) {
  const t = useMessages().newRepository
  const groups = recoveryKey.split('-')
  const [asked] = useState(() => twoOf(groups.length))
  const [typed, setTyped] = useState<Readonly<Record<number, string>>>({})
  const [wrong, setWrong] = useState<readonly number[]>()
  const check = () => {
    const bad = asked.filter(at => plain(typed[at] ?? '') !== groups[at])
    setWrong(bad)
    if (bad.length === 0) onConfirmed()
  }
  return (
    <Form onSubmit={check} fault={wrong}>
      <Stack>
        <Text size="sm">{t.confirmLead}</Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {asked.map((at, index) => (
            <TextInput
              key={at}
              label={t.group(at + 1)}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              required
              withAsterisk={false}
              autoFocus={index === 0}
              value={typed[at] ?? ''}
              onChange={event => setTyped({ ...typed, [at]: event.currentTarget.value })}
              error={wrong?.includes(at) === true && t.groupWrong(at + 1)}
            />
          ))}
        </SimpleGrid>
        <Group>
          <Button type="submit">{t.confirm}</Button>
          <Button variant="default" onClick={onShow}>
            {t.showAgain}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

/** Two different numbers below a count, in their order. */
function twoOf(count: number): readonly number[] {
  const first = Math.floor(Math.random() * count)
  const second = (first + 1 + Math.floor(Math.random() * (count - 1))) % count
  return [first, second].sort((one, other) => one - other)
}

/** As recovery keys are written, which have no letters that look like digits. */
const plain = (text: string): string =>
  text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
