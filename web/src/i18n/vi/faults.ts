import { sentence } from '../../parts/sentence.ts'
import { faults as inEnglish } from '../en/faults.ts'
import {
  bySomeForm,
  type FaultWords,
  type GivenFault,
  type KindWords,
  type KnownCode,
} from '../fault-words.ts'
import { backupFaults } from './backup-faults.ts'
import { CASES, WHYS } from './fault-forms.ts'
import { serverFaults } from './server-faults.ts'

/** Every code has its words: without them this is not built. */
export const KINDS: Readonly<Record<KnownCode, KindWords>> = { ...backupFaults, ...serverFaults }

const why = (text: string): string | undefined => bySomeForm(WHYS, text)

/** The Vietnamese sentence leads; what the server said, with its names and numbers, goes along. */
export const faults: FaultWords = {
  why,
  of(fault) {
    const { code = '', message, problems = [] } = fault
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

function detailOf(fault: GivenFault, { hasOwnHint }: KindWords): string {
  const { what, hint } = inEnglish.of(fault)
  return hasOwnHint && hint !== undefined ? `${what} ${hint}` : what
}
