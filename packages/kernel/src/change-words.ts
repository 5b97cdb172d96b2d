/** A field of a ticket as it was and as it is, told apart by its values; an empty one: none. */
export interface FieldMove {
  readonly from: string
  readonly to: string
  /** What people call a value; itself unless told. */
  readonly nameOf?: (value: string) => string
}

export interface ChangeWords {
  readonly before: string
  readonly after: string
}

/** How a private group is called wherever somebody who is no member may read it. */
export const PRIVATE_GROUP = 'a private group'

const MAX_CHARACTERS = 500

export const hasMoved = ({ from, to }: FieldMove): boolean => from !== to

/** Labels are a set: in their order they say nothing. */
export const labelsMove = (from: readonly string[], to: readonly string[]): FieldMove => ({
  from: listed([...from].sort()),
  to: listed([...to].sort()),
})

/**
 * What an operation does to a child, for people: `none, Support` and `Ada, Night shift`. Fields that stay are left out,
 * unless none moves. Never long, whatever the fields hold: a page of outcomes has to fit into one answer.
 */
export function changeWords(fields: readonly FieldMove[]): ChangeWords {
  const moved = fields.filter(hasMoved)
  const told = moved.length > 0 ? moved : fields
  return {
    before: shortened(listed(told.map(({ from, nameOf }) => said(from, nameOf)))),
    after: shortened(listed(told.map(({ to, nameOf }) => said(to, nameOf)))),
  }
}

const said = (value: string, nameOf: FieldMove['nameOf']): string =>
  value === '' ? 'none' : (nameOf?.(value) ?? value)

const listed = (words: readonly string[]): string => words.join(', ')

/** Cut at whole characters: half of one is no text. */
const shortened = (text: string): string =>
  text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, '')}…`
