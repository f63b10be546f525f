/** The few choices of a schedule that suit most. */
export const firstSchedule = {
  repository: 'Kept in',
  when: 'How often',
  rhythm: { hourly: 'Every hour', daily: 'Every day', weekly: 'Every week' },
  rhythmHint: {
    hourly: 'At most an hour of work is lost; only what has changed takes storage',
    daily: 'At most a day of work is lost: what most people choose',
    weekly: 'For what hardly ever changes',
  },
  at: 'At',
  weekday: 'On',
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  timeZone: 'Time zone',
  noZone: 'There is no such time zone',
  nextTimes: (first: string, second: string) => `Next: ${first}, then ${second}`,
  keep: 'What is kept',
  keepHint: 'Older backups are deleted by themselves; the last good one always stays.',
  tier: {
    hourly: (count: number) => `${count} hourly`,
    daily: (count: number) => `${count} daily`,
    weekly: (count: number) => `${count} weekly`,
    monthly: (count: number) => `${count} monthly`,
  },
  keepAll: 'Everything, for ever',
  keepWhy: {
    short: 'Reaches about a month back; takes the least storage',
    usual: 'Reaches a year back, in ever larger steps: what most people choose',
    all: 'Nothing is deleted by itself; watch the storage',
  },
}
