import { countText } from '../src/operations/words.ts'
import { median, milliseconds, NONE, size, table } from './figures.ts'
import { RUNS, SOURCES } from './history.ts'
import type { Samples } from './results.ts'
import { ACTIVE_RUNS, WATCHED_SECONDS } from './web.ts'

/** What was measured of the dashboard, in a browser. */
export function webLines(samples: Samples): string[] {
  const rows = [
    [
      'the list of runs is there and answers, first visit',
      milliseconds(samples['runs page, first visit']),
    ],
    ['the same, loaded again', milliseconds(samples['runs page, again'])],
    ['the next 50 older runs', milliseconds(samples['older runs'])],
    ...['list', 'panel'].flatMap(name => watchedRows(samples, name)),
    ['memory of its JavaScript', size(samples.heap)],
    [`the same ${WATCHED_SECONDS} seconds later`, size(samples['heap, later'])],
  ]
  return [
    table(['what', 'measured'], rows),
    `Chromium on the same machine, without a graphics processor, on a server with ${countText(RUNS)} runs of ` +
      `${SOURCES} sources behind it. There: from the navigation until the table is shown and the page is idle. List and ` +
      `panel: ${ACTIVE_RUNS} runs are at work and tell their progress twice a second, while the list of runs is ` +
      `scrolled up and down without a pause, and while the panel of active runs is open, ${WATCHED_SECONDS} seconds each.`,
  ]
}

function watchedRows(samples: Samples, name: string): string[][] {
  const [frames, tasks] = [samples[`${name}, longest frame`], samples[`${name}, long tasks`]]
  const rate = frames && median(frames.map(one => (one.count ?? 0) / WATCHED_SECONDS))
  const count = tasks && median(tasks.map(one => one.count ?? 0))
  return [
    [`${name}: frames in a second`, rate?.toFixed(0) ?? NONE],
    [`${name}: the longest frame`, milliseconds(frames)],
    [`${name}: tasks that took more than 50 ms`, count?.toFixed(0) ?? NONE],
    [`${name}: the longest of them`, milliseconds(tasks)],
  ]
}
