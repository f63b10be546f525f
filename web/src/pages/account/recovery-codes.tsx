import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload, IconPrinter } from '@tabler/icons-react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { printSheet, saveText } from '../../parts/keepsake.ts'
import sheet from '../repositories/key-sheet.module.css'
import classes from './account.module.css'

interface RecoveryCodesProps {
  readonly codes: readonly string[]
  readonly email: string
  readonly onKept: () => void
}

/** What lets in where the device is lost, shown this once: to copy, to keep as a file, to print. */
export function RecoveryCodes({ codes, email, onKept }: RecoveryCodesProps) {
  const t = useMessages().account.codes
  const { copied: done } = useMessages().common
  const format = useFormat()
  const text = codes.join('\n')
  const save = () => {
    const lines = [t.title(email), format.date(new Date()), '', ...codes, '', t.lead, '']
    saveText('holdfast-recovery-codes.txt', lines.join('\n'))
  }
  return (
    <Stack>
      <div className={sheet.sheet} data-sheet>
        <Stack gap="sm">
          <Text fw={600}>{t.title(email)}</Text>
          <Text size="sm">{t.lead}</Text>
          <ul className={classes.codes} aria-label={t.label}>
            {codes.map(code => (
              <li key={code}>{code}</li>
            ))}
          </ul>
        </Stack>
      </div>
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={
                copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
              }
            >
              {copied ? done : t.copy}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={save}
        >
          {t.download}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={printSheet}
        >
          {t.print}
        </Button>
      </Group>
      <Group>
        <Button onClick={onKept}>{t.kept}</Button>
      </Group>
    </Stack>
  )
}
