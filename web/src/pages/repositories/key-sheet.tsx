import { Button, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload, IconPrinter } from '@tabler/icons-react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { quoted } from '../../parts/command.tsx'
import { Copy } from '../../parts/copy.tsx'
import { printSheet, saveText } from '../../parts/keepsake.ts'
import classes from './key-sheet.module.css'

/** The recovery key, and the passphrase that was made up: to copy, to keep as a file, to print. */
export function KeySheet({ created }: { readonly created: CreatedRepository }) {
  const t = useMessages().newRepository
  const { repository, recoveryKey, passphrase } = created
  const text = useSheetText(created)
  const command = commandOf(created)
  return (
    <Stack>
      <div className={classes.sheet} data-sheet>
        <Stack gap="sm">
          <Title order={3}>{t.keyOf(repository.name)}</Title>
          <ol className={classes.groups} aria-label={t.recoveryKey}>
            {recoveryKey.split('-').map((group, at) => (
              <li key={group + String(at)} className={classes.group}>
                {group}
              </li>
            ))}
          </ol>
          <Text size="sm">
            {t.place}: <Code className={classes.wrap}>{repository.place}</Code>
          </Text>
          {passphrase !== null && (
            <Group gap="xs" wrap="nowrap">
              <Text size="sm">
                {t.passphrase}: <Code className={classes.wrap}>{passphrase}</Code>
              </Text>
              <Copy text={passphrase} label={t.copyPassphrase} />
            </Group>
          )}
          <Text size="sm">{t.howTo}</Text>
          <Code block className={classes.wrap}>
            {command}
          </Code>
        </Stack>
      </div>
      <Group gap="xs">
        <CopyButton value={recoveryKey}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            >
              {copied ? t.copied : t.copyKey}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => saveText(`holdfast-recovery-key-${repository.name}.txt`, text)}
        >
          {t.download}
        </Button>
        <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={printSheet}>
          {t.print}
        </Button>
      </Group>
    </Stack>
  )
}

/** With the repository alone, on any machine. */
const commandOf = ({ repository }: CreatedRepository): string =>
  [
    'read -rs HOLDFAST_RECOVERY_KEY; export HOLDFAST_RECOVERY_KEY',
    `export HOLDFAST_REPOSITORY=${quoted(repository.place)}`,
    'holdfast list',
    'holdfast restore BACKUP --target postgres://postgres@new-server/database',
  ].join('\n')

function useSheetText(created: CreatedRepository): string {
  const t = useMessages().newRepository
  const format = useFormat()
  const { repository, recoveryKey, passphrase } = created
  return [
    t.keyOf(repository.name),
    '',
    `  ${recoveryKey}`,
    '',
    ...(passphrase === null ? [] : [`${t.passphrase}: ${passphrase}`]),
    `${t.place}: ${repository.place}`,
    `${t.repositoryId}: ${repository.repository}`,
    `${t.madeOn}: ${format.dateTime(repository.createdAt)}`,
    '',
    t.keyWhy,
    t.howTo,
    '',
    commandOf(created),
    '',
  ].join('\n')
}
