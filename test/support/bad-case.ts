import type { Belongings } from './belongings.ts'
import type { Ask } from './rest.ts'

/** Something that is refused, and how. */
export interface BadInput {
  readonly what: string
  readonly ask: (of: Belongings) => Ask
  readonly status: number
  readonly slug: string
}

export const bad = (what: string, ask: BadInput['ask'], status = 400, slug = 'invalid-field'): BadInput => ({
  what,
  ask,
  status,
  slug,
})
