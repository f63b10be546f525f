/** What Holdfast itself warns of; manifests and runs keep these sentences as they stand here. */
export const WARNINGS = {
  // ── of a dump ──────────────────────────────────────────────────────────────────────────────
  spaceInDoubt: (d: { place: string; free: string; expected: string }) =>
    `${d.place} has ${d.free} free for a dump of ${d.expected}: it may not fit`,
  passwordsLeftOut: (d: { user: string }) =>
    `roles were saved without their passwords: ${d.user} may not read them`,
  globalsLeftOut: (d: { why: string }) => `roles and tablespaces were not saved: ${d.why}`,
  passwordInClear: (d: { where: string; name: string }) =>
    `the dump holds a password in clear, in ${d.where} ${d.name}: whoever can read the backup can read it`,
  localeUnsaid: () => 'the dump does not say how its database was created: a restore uses locale C',
  notTakenOver: (d: { what: 'grants' | 'settings' }) =>
    `${d.what} of the database itself are in the dump, and not taken over`,
  // ── of a restore ───────────────────────────────────────────────────────────────────────────
  leftoverNotDropped: (d: { database: string; why: string }) =>
    `database ${d.database}, left by an unfinished restore, was not dropped: ${d.why}`,
  besideNotRemoved: (d: { database: string; why: string }) =>
    `database ${d.database} was not removed: ${d.why}`,
  besideToDrop: (d: { database: string; why: string }) =>
    `database ${d.database} could not be removed (${d.why}); drop it by hand`,
  emptyNotRemoved: (d: { database: string; why: string }) =>
    `the empty database ${d.database} was not removed: ${d.why}`,
  viewLeftEmpty: (d: { view: string; why: string; name: string }) =>
    `materialized view ${d.view} is left empty (${d.why}); when that is mended: refresh materialized view ${d.name}`,
  settingLeftOut: (d: { setting: string; role: string | null; why: string }) =>
    `the setting ${d.setting} ${d.role === null ? 'of the database' : `of role ${d.role} in the database`} was left out: ${d.why}`,
  // ── of a run that nobody heard the end of ──────────────────────────────────────────────────
  swapUnknown: (d: { target: string | null }) =>
    `whether the restored database took its place is not known: look at ${d.target} before anything writes to it`,
  backupUnknown: (d: { repository: string }) =>
    `whether the backup was written is not known: "holdfast repo refresh ${d.repository}" takes it in if it was`,
  // ── of a check ─────────────────────────────────────────────────────────────────────────────
  sessionSeen: (d: {
    kind: string
    pid: number
    host: string
    startedAt: string
    isOld: boolean
  }) =>
    `a ${d.kind} (process ${d.pid} on ${d.host}, since ${d.startedAt}) ${d.isOld ? 'died; it hurts nothing' : 'is at work or died in the last half hour'}`,
  copyMissing: (d: { copy: string }) => `${d.copy} is missing; its manifest is whole`,
  packsUnindexed: (d: { packs: number }) =>
    `${d.packs === 1 ? 'one pack is' : `${d.packs} packs are`} named by no index object, which slows reading; the next backup names them`,
} as const
