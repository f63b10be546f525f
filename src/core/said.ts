/** A sentence for people, with what other languages make theirs of: its code, and the details that stand in it. */
export interface Said {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** English sentences by their codes. A code keeps its details: whoever reads them may be older or newer. */
type Sentences = Readonly<Record<string, (details: never) => string>>

/** What says one of these sentences: `say('QUEUED', { by })`. */
export const speaker =
  <All extends Sentences>(sentences: All) =>
  <Code extends keyof All & string>(code: Code, ...given: Parameters<All[Code]>): Said => {
    const [details = {}] = given as [object?]
    const text = sentences[code] as (details: object) => string
    return { code, message: text(details), details: { ...details } }
  }
