import type { NameOf } from '../names.ts'
import { table } from '../output.ts'
import type { RecordEntryJson } from './check-record.ts'

/** One thing that was done with an operation; `null`: by the house itself. */
export interface Deed {
  readonly seq: number
  readonly what: string
  readonly actorId: string | null
  readonly at: string | null
}

/** What was done with the operation as a whole, in its order; what became of each child is `items` to tell. */
export const deedsIn = (entries: readonly RecordEntryJson[]): Deed[] =>
  entries
    .filter(({ what }) => what !== 'page')
    .map(({ seq, what, actorId, at, content }) => ({ seq, what: inWords(what, content), actorId, at }))

const inWords = (what: string, content: string): string =>
  what === 'rate' ? `rate ${(JSON.parse(content) as { standing: { rate: number } }).standing.rate}` : what

export const deedText = (deeds: readonly Deed[], nameOf: NameOf): string =>
  table(
    ['at', 'what', 'by'],
    deeds.map(({ at, what, actorId }) => [at, what, actorId === null ? 'Umbel' : nameOf(actorId)]),
  )
