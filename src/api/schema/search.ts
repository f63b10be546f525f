import { z } from 'zod'
import { FINDABLE } from '../../catalog/search.ts'
import { PlainText, Time } from './common.ts'

export const SearchQuery = z.strictObject({
  /** Part of a name, the first digits of an id (4 at least, of a backup 2), or part of a backup's note or tag. */
  text: PlainText(100),
})

export const Findings = z.object({
  /** Up to 8 of each kind that whoever asks may see: kind after kind, names that begin with the text first. */
  findings: z.array(
    z.object({
      kind: z.enum(FINDABLE),
      id: z.string(),
      /** Of a schedule, a backup or a run: of its source, or else of what it works on. */
      name: z.string(),
      /**
       * Tells it from others of the name: the label of a source, the place of a repository, the time of a schedule,
       * the note or tag of a backup, kind and state of a run (`restore failed`), the address of a user.
       */
      hint: z.string(),
      /** Of a backup: where it is, as another repository may have one of its id. Null of everything else. */
      repositoryId: z.nullable(z.uuid()),
      /** When a backup ended, or a run was asked for. */
      at: z.nullable(Time),
    }),
  ),
})
export type Findings = z.output<typeof Findings>
