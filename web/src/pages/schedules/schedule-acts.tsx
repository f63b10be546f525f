import { ActionIcon, Button, Switch, Text, Tooltip } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import type { ChangedSchedule, Schedule } from '../../../../src/client/index.ts'
import { OnlyFor, useMay } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { useScheduleWords } from '../../parts/schedule-words.ts'

interface ScheduleProps {
  readonly schedule: Schedule
}

/** Says what a change means for the backups there are, behind what was done. */
export function useEffectWords(): (done: string, changed: ChangedSchedule) => string {
  const t = useMessages().schedules
  const format = useFormat()
  return (done, { retention }) => {
    if (retention === null) return done
    const { goes, comesBack, graceHours } = retention
    return [
      done,
      ...(goes > 0 ? [t.effect.goes(goes, format.duration(graceHours * 3600))] : []),
      ...(comesBack > 0 ? [t.effect.comesBack(comesBack)] : []),
    ].join(' ')
  }
}

/** Runs as the schedule would, for those who may. */
export function RunNow({ schedule, compact = false }: ScheduleProps & { compact?: boolean }) {
  const t = useMessages().schedules
  const run = useAct(() => client.startScheduleRun(schedule.id), {
    done: t.started(schedule.source),
  })
  const sign = <IconPlayerPlay size={16} aria-hidden />
  return (
    <OnlyFor role="operator">
      {compact ? (
        <Tooltip label={t.runNow}>
          <ActionIcon
            size="lg"
            aria-label={t.runNowOf(schedule.source)}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            {sign}
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button
          variant="default"
          leftSection={sign}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >
          {t.runNow}
        </Button>
      )}
    </OnlyFor>
  )
}

/** Lets a schedule fire, or keeps it from doing so; a word for those who may not. */
export function EnabledSwitch({ schedule, label }: ScheduleProps & { label?: string }) {
  const t = useMessages().schedules
  const effect = useEffectWords()
  const queries = useQueryClient()
  const act = useAct(
    async (enabled: boolean) => {
      const changed = enabled
        ? await client.enableSchedule(schedule.id)
        : await client.disableSchedule(schedule.id)
      // Not before the list says so, or the switch would jump back for a moment.
      await queries.invalidateQueries({ queryKey: ['schedules'] })
      return changed
    },
    {
      done: (changed, enabled) =>
        effect(enabled ? t.enabledDone(schedule.source) : t.disabledDone(schedule.source), changed),
    },
  )
  if (!useMay('admin')) {
    return (
      <Text span size="sm" c={schedule.enabled ? undefined : 'dimmed'}>
        {schedule.enabled ? t.on : t.off}
      </Text>
    )
  }
  const checked = act.isPending ? act.variables : schedule.enabled
  return (
    <Switch
      checked={checked}
      disabled={act.isPending}
      onChange={event => act.mutate(event.currentTarget.checked)}
      {...(label === undefined
        ? { 'aria-label': t.enabledOf(schedule.source, schedule.words) }
        : { label })}
    />
  )
}

interface RemoveDialogProps extends ScheduleProps {
  readonly onDone?: () => void
  readonly onClose: () => void
}

/** Asks before a schedule goes, and says what stays. */
export function RemoveDialog({ schedule, onDone, onClose }: RemoveDialogProps) {
  const t = useMessages().schedules
  const words = useScheduleWords()
  const effect = useEffectWords()
  const queries = useQueryClient()
  const remove = useAct(
    async () => {
      const changed = await client.removeSchedule(schedule.id)
      await queries.invalidateQueries({ queryKey: ['schedules', 'list'] })
      return changed
    },
    {
      done: changed => effect(t.removed(schedule.source), changed),
      onDone: () => onDone?.(),
      showsFault: true,
    },
  )
  return (
    <Confirm
      title={t.removeTitle}
      action={t.removeYes}
      onConfirm={() => remove.mutateAsync()}
      onClose={onClose}
    >
      <p>
        <b>
          {schedule.source} → {schedule.repository}
        </b>
        : {words(schedule)}
      </p>
      <p>{t.removeText}</p>
      {schedule.keep !== null && <p>{t.removeKeep}</p>}
    </Confirm>
  )
}
