import type { Canaries } from '@umbel/test-kit'

/** Whoever has words of their own in a workspace's story. */
export interface Person {
  /** Whose tokens they are: `a/child-3`. */
  readonly owner: string
  readonly email: string
  /** Words with a new token of this owner. */
  readonly says: (words: string) => string
}

/** Everybody and everything with words of their own in one workspace. */
export interface Cast {
  /** `a`: owns the workspace's slug, name and mail domain. */
  readonly name: string
  readonly slug: string
  readonly workspaceName: string
  readonly children: readonly Person[]
  readonly followUp: Person
  readonly related: Person
  /** Texts that belong to nobody's ticket. */
  readonly says: (owner: Role, words: string) => string
  readonly owner: (role: Role) => string
  /** Every owner of the workspace. */
  readonly owners: readonly string[]
}

/**
 * `house`: what people of the workspace share: projects, groups, agents' addresses. `key`: the master's external id,
 * which upstream says of its children. `poison`: an event that nobody can read.
 */
const roles = ['author', 'house', 'key', 'master', 'note', 'broadcast', 'close', 'poison'] as const
export type Role = (typeof roles)[number]

export function castOf(canaries: Canaries, name: string, count: number): Cast {
  const person = (part: string): Person => {
    const owner = `${name}/${part}`
    const token = () => canaries.token(owner)
    return { owner, email: `customer.${token()}@${token()}.example`, says: (words) => `${words} ${token()}` }
  }
  const children = Array.from({ length: count }, (_, at) => person(`child-${at + 1}`))
  const [followUp, related] = [person('follow-up'), person('related')]
  const owner = (role: Role) => `${name}/${role}`
  const people = [...children, followUp, related].map((each) => each.owner)
  return {
    name,
    slug: `desk-${canaries.token(name)}`,
    workspaceName: `Desk ${canaries.token(name)}`,
    children,
    followUp,
    related,
    owner,
    says: (role, words) => `${words} ${canaries.token(owner(role))}`,
    owners: [name, ...roles.map(owner), ...people],
  }
}

/** A word of its own, for external ids: the last one of what somebody says. */
export const wordOf = (said: string): string => said.split(' ').at(-1) ?? ''

/** Whose words a customer's mail, or a customer's view of a ticket, may hold. */
export const customerScope = (cast: Cast, own: string): string[] => [
  cast.name,
  own,
  ...(['author', 'broadcast', 'close'] as const).map(cast.owner),
]

/** Whose words an agent may see around one child: the house's too, but no other ticket's. */
export const ticketScope = (cast: Cast, own: string): string[] => [
  ...customerScope(cast, own),
  ...(['house', 'key', 'note'] as const).map(cast.owner),
]
