import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const GUIDE = join(import.meta.dirname, '..', '..', 'docs', 'guide')

/** Commands of the guide that are run, with the answer that is shown for them. */
export interface Step {
  /** `docs/guide/api/runs.md:31` */
  readonly place: string
  readonly commands: string
  /** JSON or lines of CSV; undefined where the guide shows no answer. */
  readonly answer?: { readonly kind: 'json' | 'csv'; readonly text: string } | undefined
}

export interface Page {
  readonly name: string
  readonly text: string
  readonly steps: readonly Step[]
}

/** The pages of the guide, in the order in which the first one lists them. */
export function guidePages(): Page[] {
  const first = pageOf('api.md')
  const list = /^## The pages$(.*?)^## /ms.exec(first.text)?.[1] ?? ''
  const others = [...list.matchAll(/^\d+\. .*?\]\((api\/[\w-]+\.md)\)/gm)]
  return [first, ...others.map(([, path = '']) => pageOf(path))]
}

function pageOf(path: string): Page {
  const text = readFileSync(join(GUIDE, path), 'utf8')
  return { name: path, text, steps: stepsOf(path, text) }
}

/** What stands under one heading of a page; lines keep their numbers. */
export function sectionOf(path: string, heading: string): Page {
  const { text } = pageOf(path)
  const start = text.indexOf(`\n## ${heading}\n`)
  if (start < 0) throw new Error(`${path} has no heading ${heading}`)
  const end = text.indexOf('\n## ', start + 1)
  const before = text.slice(0, start).replaceAll(/[^\n]/g, '')
  const part = before + text.slice(start, end < 0 ? undefined : end + 1)
  return { name: heading, text: part, steps: stepsOf(path, part) }
}

/** ```sh is run; ```json or ```csv behind it is its answer; ```text and everything else is for the reader. */
function stepsOf(path: string, text: string): Step[] {
  const steps: Step[] = []
  for (const { 1: kind, 2: body = '', index } of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const place = `${relative(process.cwd(), join(GUIDE, path))}:${lineOf(text, index) + 1}`
    const last = steps.at(-1)
    if (kind === 'sh') steps.push({ place, commands: body })
    else if (kind === 'json' || kind === 'csv') {
      if (last === undefined || last.answer !== undefined) throw new Error(`${place}: of nothing`)
      steps[steps.length - 1] = { ...last, answer: { kind, text: body } }
    }
  }
  return steps
}

const lineOf = (text: string, index: number) => text.slice(0, index).split('\n').length

/** What the guide asks its reader to set: each `NAME=…` or `read … NAME` of the block that says so. */
export function namesToSet({ text }: Page): string[] {
  const block = /^```text\n(export .*?)^```$/ms.exec(text)?.[1] ?? ''
  const names = [...block.matchAll(/\b([A-Z]\w+)=|^read .*?\b([A-Z_]+);/gm)]
  return names.map(([, set, read]) => set ?? read ?? '')
}
