import { type ComponentType, lazy } from 'react'
import { SERVER } from '../data/client.ts'

const AGAIN_MS = 1_000
const RELOADED = 'reloaded'
/** Whoever was reloaded so lately, and the server was there, is not helped by it. */
const LATELY_MS = 30_000

/** A server that stops is not ready, though it may answer still. */
const isReady = (): Promise<boolean> =>
  fetch(`${SERVER}/health/ready`, { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Loads a piece of the dashboard. One that is wanted while the server is away comes when it is back. */
export async function patiently<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const wasThere = await isReady()
    while (!(await isReady())) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    // Styles that did not come are not asked for again.
    if (!String(error).includes('CSS')) return await load()
    const lately = Date.now() - LATELY_MS
    if (wasThere && Number(sessionStorage.getItem(RELOADED)) > lately) throw error
    sessionStorage.setItem(RELOADED, String(Date.now()))
    location.reload()
    return await new Promise<never>(() => undefined)
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
