/** `…` stands for anything, alone or as a part of a text; as the last member or element, for further ones. */
const ANYTHING = '…'
const WHOLE = 'the answer'
/** Texts that differ from time to time are compared by their form. */
const FORMS = [
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^[0-9a-f]{16,64}$/,
]

/** Whole numbers below this are counts and codes, and the same each time. */
const FEW = 1000

/** Where an answer is not what the guide shows; undefined where it is. Large numbers and fractions may be others. */
export function difference(shown: unknown, real: unknown, at = WHOLE): string | undefined {
  if (shown === ANYTHING) return undefined
  if (Array.isArray(shown)) return ofArrays(shown, real, at)
  if (isObject(shown)) return ofObjects(shown, real, at)
  const fits =
    typeof shown === 'string' && typeof real === 'string'
      ? textFits(shown, real)
      : shown === real || (isVague(shown) && typeof real === 'number' && at !== WHOLE)
  return fits ? undefined : `${at} is ${JSON.stringify(real)}, shown as ${JSON.stringify(shown)}`
}

function ofArrays(shown: readonly unknown[], real: unknown, at: string): string | undefined {
  if (!Array.isArray(real)) return `${at} is no list: ${JSON.stringify(real)}`
  const isPart = shown.at(-1) === ANYTHING
  const named = isPart ? shown.slice(0, -1) : shown
  if (isPart ? real.length < named.length : real.length !== named.length) {
    return `${at} has ${real.length} elements: ${JSON.stringify(real)}`
  }
  return first(named.map((one, index) => difference(one, real[index], `${at}[${index}]`)))
}

function ofObjects(shown: object, real: unknown, at: string): string | undefined {
  if (!isObject(real)) return `${at} is no object: ${JSON.stringify(real)}`
  const { [ANYTHING]: rest, ...named } = shown as Record<string, unknown>
  const missing = Object.keys(named).filter(name => !(name in real))
  if (missing.length > 0) return `${at} has no ${missing.join(', ')}: ${JSON.stringify(real)}`
  const more = Object.keys(real).filter(name => !(name in named))
  if (rest === undefined && more.length > 0) return `${at} has ${more.join(', ')}, not shown`
  const values = new Map(Object.entries(real))
  return first(
    Object.entries(named).map(([name, one]) => difference(one, values.get(name), `${at}.${name}`)),
  )
}

/** Whether a line is what a pattern with `…` in it says. */
export function textFits(shown: string, real: string): boolean {
  if (FORMS.some(form => form.test(shown) && form.test(real))) return true
  const parts = shown.split(ANYTHING).map(part => RegExp.escape(part))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(real)
}

const isVague = (shown: unknown) =>
  typeof shown === 'number' && !(Number.isInteger(shown) && shown < FEW)

const first = (found: readonly (string | undefined)[]) => found.find(one => one !== undefined)

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
