import { DAMAGED, FAILED, LOCKED, WRONG_USE } from './exit-codes.ts'
import { fault } from './fault.ts'

// ── deleting backups ─────────────────────────────────────────────────────────────────────────

export const BackupPinned = fault('BACKUP_PINNED', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string; by: string }) =>
    `backup ${d.backup} is pinned by ${d.by}, so it is not deleted`,
  hint: () => 'take its pin away first, if nobody needs it any more',
})

export const LastBackupOfSource = fault('LAST_BACKUP_OF_SOURCE', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string; source: string; repository: string }) =>
    `backup ${d.backup} is the last good one of ${d.source} in ${d.repository}, so it is not deleted`,
  hint: d =>
    `to delete it all the same, send lastToo: true and source: ${JSON.stringify(d.source)}`,
})

export const BackupDeleting = fault('BACKUP_DELETING', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string; due: Date }) =>
    `backup ${d.backup} is to be deleted at ${d.due.toISOString()}`,
  hint: () => 'take its deletion back first, if it is still needed',
})

export const BackupNotDeleting = fault('BACKUP_NOT_DELETING', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string }) => `backup ${d.backup} is not waiting to be deleted`,
  hint: () => 'there is nothing to take back',
})

export const DeletionUnderWay = fault('DELETION_UNDER_WAY', {
  status: 409,
  exit: LOCKED,
  retry: false,
  text: (d: { backup: string }) => `backup ${d.backup} is being deleted at this moment`,
  hint: () =>
    'it is too late to take that back; should it fail, it can be taken back before the next try',
})

export const RetentionHeldBack = fault('RETENTION_HELD_BACK', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { backup: string; why: string }) =>
    `backup ${d.backup} is not deleted by rule at the moment: ${d.why}`,
  hint: () => 'it is tried again; refresh its repository, where that could not be listed',
})

// ── bytes out of a repository, and into one ──────────────────────────────────────────────────

export const LinkUnknown = fault('LINK_UNKNOWN', {
  status: 404,
  exit: FAILED,
  retry: false,
  text: (d: { why: string }) => `nothing can be downloaded with this token: ${d.why}`,
  hint: () => 'ask for a new one; it is good for 5 minutes and for one download',
})

export const LinkOfAnother = fault('LINK_OF_ANOTHER', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { actor: string }) => `this token was not made for ${d.actor}`,
  hint: () => 'ask for one of your own',
})

export const DumpUnfit = fault('DUMP_UNFIT', {
  status: 422,
  exit: DAMAGED,
  retry: false,
  text: (d: { name: string; why: string; hint?: string }) => `${d.name} was not taken in: ${d.why}`,
  hint: d => d.hint ?? 'nothing was kept of it; make a new dump, or copy it here again',
})

export const DumpTooLarge = fault('DUMP_TOO_LARGE', {
  status: 413,
  exit: WRONG_USE,
  retry: false,
  text: (d: { name: string; limit: string }) => `${d.name} holds more than ${d.limit}`,
  hint: () => 'nothing was kept of it; raise the limit, if so large a dump is meant',
})

export const OutlineTooLarge = fault('OUTLINE_TOO_LARGE', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string; bytes: number }) =>
    `the outline of backup ${d.backup} takes ${d.bytes} bytes, more than the server reads`,
  hint: () => 'where its repository can be reached, use: holdfast show BACKUP',
})

export const TransferStalled = fault('TRANSFER_STALLED', {
  status: 408,
  exit: FAILED,
  retry: true,
  text: (d: { seconds: number }) => `not a byte has moved for ${d.seconds} seconds`,
  hint: () => 'nothing half-done was kept; look at the network between you and the server',
})

export const TransferDied = fault('TRANSFER_DIED', {
  status: 500,
  exit: FAILED,
  retry: true,
  text: (d: { how: string }) => `the process that reads and writes the repository ${d.how}`,
  hint: () => 'look at the memory and at the log of that machine; nothing half-done was kept',
})

export const LookTooLong = fault('LOOK_TOO_LONG', {
  status: 504,
  exit: FAILED,
  retry: true,
  text: (d: { seconds: number }) =>
    `the backup and the target of a restore could not be looked at within ${d.seconds} seconds`,
  hint: () => 'nothing was changed; check that the storage of the repository answers',
})
