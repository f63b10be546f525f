import { Button, CopyButton, Group, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useMessages } from '../../i18n/language.tsx'
import classes from './users.module.css'

interface OnceShownProps {
  readonly label: string
  readonly text: string
}

/** A secret that is shown this once: it is copied by a button, or by hand. */
export function OnceShown({ label, text }: OnceShownProps) {
  const { copy: word, copied: done } = useMessages().common
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        flex={1}
        label={label}
        value={text}
        readOnly
        autoFocus
        classNames={{ input: classes.secret }}
        onFocus={event => event.currentTarget.select()}
      />
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            variant={copied ? 'light' : 'filled'}
            onClick={copy}
            leftSection={
              copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
            }
          >
            {copied ? done : word}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
