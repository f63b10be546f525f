import { Anchor, Text } from '@mantine/core'
import { IconCalendarTime } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schedule } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Listing } from '../../parts/listing.tsx'

/** Who writes to a repository, and when. */
export function RepositorySchedules({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const t = useMessages().repositories
  const common = useMessages().common
  if (schedules.length === 0) {
    return (
      <Empty icon={IconCalendarTime} title={t.noSchedules}>
        {t.noSchedulesText}
      </Empty>
    )
  }
  return (
    <Listing
      label={t.tabs.schedules}
      narrow={48}
      rows={schedules}
      keyOf={({ id }) => id}
      head={{ name: common.source, renderCell: one => <SourceLink {...one} /> }}
      columns={[
        { name: common.schedule, renderCell: one => <ScheduleLink {...one} /> },
        {
          name: t.next,
          renderCell: one =>
            one.enabled ? <Ago time={one.nextFire} never={t.afterOther} /> : t.disabled,
        },
      ]}
    />
  )
}

const SourceLink = ({ source, sourceId }: Schedule) => (
  <Anchor
    inherit
    fw={550}
    renderRoot={props => <Link to="/sources/$source" params={{ source: sourceId }} {...props} />}
  >
    {source}
  </Anchor>
)

const ScheduleLink = ({ id, words, timeZone }: Schedule) => (
  <>
    <Anchor
      inherit
      renderRoot={props => <Link to="/schedules/$schedule" params={{ schedule: id }} {...props} />}
    >
      {words}
    </Anchor>
    <Text size="xs" c="dimmed">
      {timeZone}
    </Text>
  </>
)
