import { sentence } from '../../parts/sentence.ts'
import { faults as inEnglish } from '../en/faults.ts'
import {
  bySomeForm,
  type FaultWords,
  type GivenFault,
  type GivenLine,
  type KindWords,
  type KnownCode,
  type ToldFault,
  type ToldLine,
} from '../fault-words.ts'
import { backupFaults } from './backup-faults.ts'
import { CASES, WHYS } from './fault-forms.ts'
import { FINDING_HINTS, FINDINGS } from './findings.ts'
import { RUN_LINES } from './run-lines.ts'
import { serverFaults } from './server-faults.ts'
import { WARNINGS } from './warning-forms.ts'

/** Every code has its words: without them this is not built. */
export const KINDS: Readonly<Record<KnownCode, KindWords>> = { ...backupFaults, ...serverFaults }

const why = (text: string): string | undefined => bySomeForm(WHYS, text)

/** The Vietnamese sentence leads; what the server said, with its names and numbers, goes along. */
export const faults: FaultWords = {
  why,
  line,
  of(fault) {
    const { code = '', message, problems = [] } = fault
    const found = findingOf(fault)
    if (found !== undefined) return found
    const ofCode = Object.hasOwn(KINDS, code) ? KINDS[code as KnownCode] : undefined
    const told = problems.map(({ field, why: given }) => {
      const said = why(given)
      return { field, why: said ?? given, lang: said === undefined ? ('en' as const) : undefined }
    })
    if (ofCode === undefined) {
      const hint = sentence(fault.hint ?? '') || undefined
      return { what: sentence(message), hint, problems: told, lang: 'en' }
    }
    const kind = { ...ofCode, ...bySomeForm(CASES, message) }
    return {
      what: kind.what,
      hint: kind.hint,
      // Its sentence says no more than the problems that stand below.
      detail: told.length > 0 ? undefined : detailOf(fault, kind),
      problems: told,
    }
  },
}

type Say = (details: object) => string

/** What has words for a code, of those that say something of their details. */
const sayOf = (words: object, code: string): Say | undefined =>
  Object.hasOwn(words, code) ? (words as Readonly<Record<string, Say>>)[code] : undefined

function findingOf({ code = '', details = {} }: GivenFault): ToldFault | undefined {
  const what = sayOf(FINDINGS, code)?.(details)
  const hints: Readonly<Record<string, string>> = FINDING_HINTS
  return what === undefined ? undefined : { what, hint: hints[code], problems: [] }
}

/** A line that ends with a failure; what the server said of that itself stands with the attempt. */
function line({ code, message, details = {} }: GivenLine): ToldLine | undefined {
  const say = sayOf(RUN_LINES, code ?? '')
  if (say === undefined) return bySomeForm(WARNINGS, message)
  const failure = details.failure as GivenFault | undefined
  if (failure === undefined) return { what: say(details) }
  const { what: why, lang } = faults.of(failure)
  return lang === undefined ? { what: say({ ...details, why }) } : undefined
}

function detailOf(fault: GivenFault, { hasOwnHint }: KindWords): string {
  const { what, hint } = inEnglish.of(fault)
  return hasOwnHint && hint !== undefined ? `${what} ${hint}` : what
}
