import { type ComponentType, lazy } from 'react'
import { SERVER } from '../data/client.ts'

const AGAIN_MS = 1_000

const answers = (): Promise<boolean> =>
  fetch(`${SERVER}/health/live`, { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Loads a piece of the dashboard. One that is wanted while the server is away comes when it is back. */
export async function patiently<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    // The file is one of another version.
    if (await answers()) throw error
    do await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    while (!(await answers()))
    // Styles that did not come are not asked for again.
    if (String(error).includes('CSS')) location.reload()
    return await load()
  }
}

type PropsOf<Part> = Part extends ComponentType<infer Props> ? Props : never

/** A component that is loaded when it is shown first. */
export const part = <Name extends string, Module extends Readonly<Record<Name, unknown>>>(
  load: () => Promise<Module>,
  name: Name,
) =>
  lazy(async () => ({
    default: (await patiently(load))[name] as ComponentType<PropsOf<Module[Name]>>,
  }))
