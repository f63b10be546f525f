import type { Settings } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Pairs } from '../../parts/pairs.tsx'

/** What is set, for those who may not change it. */
export function SettingsTold({ settings }: { readonly settings: Settings }) {
  const t = useMessages().settings
  const format = useFormat()
  const limit = (value: number | null) => (value === null ? t.noLimit : format.number(value))
  return (
    <Pairs
      pairs={[
        [t.maxRunsPerHost, limit(settings.maxRunsPerHost)],
        [t.manualBackupsPerMinute, limit(settings.manualBackupsPerMinute)],
        [t.deleteGraceHours, t.hours(format.number(settings.deleteGraceHours))],
        [t.maxUploadBytes, format.bytes(settings.maxUploadBytes)],
      ]}
    />
  )
}
