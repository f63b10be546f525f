/** The first that fits: most browsers call themselves by the names of others, too. */
const BROWSERS = [
  ['Edge', /Edg(e|A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Firefox', /(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS)\//],
  ['Safari', /Safari\//],
] as const
const SYSTEMS = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['Linux', /Linux|X11/],
] as const

/** The browser and the system that somebody uses; undefined where it is no browser that is known. */
export function deviceOf(agent: string): readonly [browser: string, system: string] | undefined {
  const browser = BROWSERS.find(([, form]) => form.test(agent))?.[0]
  const system = SYSTEMS.find(([, form]) => form.test(agent))?.[0]
  return browser === undefined || system === undefined ? undefined : [browser, system]
}
