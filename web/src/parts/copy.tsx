import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useMessages } from '../i18n/language.tsx'

/** Puts a text on the clipboard, and says so. */
export function Copy({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useMessages().common
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t.copied : (label ?? t.copy)}>
          <ActionIcon onClick={copy} aria-label={copied ? t.copied : (label ?? t.copy)}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
