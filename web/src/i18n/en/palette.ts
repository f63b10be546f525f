import { plural } from '../plural.ts'

export const palette = {
  title: 'Search or jump to',
  hint: 'A page, an action, a name, a note, an id …',
  searching: 'Searching …',
  count: (count: number) =>
    count === 0
      ? 'Nothing is called so'
      : plural(count, { one: '1 entry', other: `${count} entries` }),
  choose: 'choose',
  go: 'go',
  backUp: (name: string) => `Back up ${name} now`,
  addSource: 'Add a source',
  addSchedule: 'Add a schedule',
  groups: {
    pages: 'Pages',
    acts: 'Actions',
    looks: 'Appearance and language',
    source: 'Sources',
    repository: 'Repositories',
    schedule: 'Schedules',
    backup: 'Backups',
    run: 'Runs',
    user: 'Users',
  },
}
