import type { Messages } from '../messages.ts'
import { app } from './app.ts'
import { charts } from './charts.ts'
import { common } from './common.ts'
import { login } from './login.ts'
import { overview } from './overview.ts'
import { runs } from './runs.ts'
import { sources } from './sources.ts'
import { states } from './states.ts'
import { units } from './units.ts'

/** What the frame and the overview say: without it nothing is shown, in Vietnamese; each page has a file of its own. */
export const first: Pick<
  Messages,
  'app' | 'charts' | 'common' | 'login' | 'overview' | 'runs' | 'sources' | 'states' | 'units'
> = {
  app,
  charts,
  common,
  login,
  overview,
  runs,
  sources,
  states,
  units,
}
