import { Text, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExclamationCircle,
  IconShieldCheck,
  IconShieldQuestion,
  IconTrash,
} from '@tabler/icons-react'
import type { Backup } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useNow } from '../../parts/now.tsx'
import { type Look, ToneBadge } from '../../parts/state-badge.tsx'
import classes from './backups.module.css'

const LOOKS: Readonly<Record<Backup['state'], Look>> = {
  good: { icon: IconCircleCheck, tone: 'good' },
  warnings: { icon: IconAlertTriangle, tone: 'warn' },
  damaged: { icon: IconExclamationCircle, tone: 'bad' },
  deleting: { icon: IconTrash, tone: 'muted' },
}

/** What a backup is worth. */
export function BackupBadge({ backup: { state } }: { readonly backup: Pick<Backup, 'state'> }) {
  const t = useMessages().states
  return <ToneBadge {...LOOKS[state]}>{t.backup[state]}</ToneBadge>
}

/** When a restore or a comparison last proved it. */
export function ProofSign({ verifiedAt }: { readonly verifiedAt: string | null }) {
  const t = useMessages().backups
  const format = useFormat()
  const now = useNow()
  if (verifiedAt === null) {
    return (
      <Text span inherit className={classes.sign} data-tone="muted">
        <IconShieldQuestion size={16} aria-hidden /> {t.neverProven}
      </Text>
    )
  }
  return (
    <Tooltip label={format.dateTime(verifiedAt)}>
      <Text span inherit className={classes.sign} data-tone="good">
        <IconShieldCheck size={16} aria-hidden /> {t.proven(format.ago(verifiedAt, now))}
      </Text>
    </Tooltip>
  )
}

/** What people call the database of a backup. */
export const sourceOf = ({ source, sourceLabel }: Pick<Backup, 'source' | 'sourceLabel'>): string =>
  source?.name ?? sourceLabel

/** Two repositories may hold a backup of the same id. */
export const keyOf = ({ id, repository }: Pick<Backup, 'id' | 'repository'>): string =>
  `${repository.id}/${id}`
