import type { Fact } from './fact.ts'
import { type Found, firstFound, putBack } from './found.ts'
import type { Ticket } from './ticket.ts'
import type { UpdateTicket } from './update.ts'
import type { ActorRef, Priority, Status } from './words.ts'

/** What an operation does to each child. */
export type ItemEffect =
  | { readonly kind: 'broadcast' | 'note' }
  | {
      readonly kind: 'close'
      readonly includeReplied: boolean
      /** Only children that stand as this step left them; 0: all. */
      readonly askedInStep: number
    }
  | { readonly kind: 'ask_to_close'; readonly includeReplied: boolean }
  | { readonly kind: 'set_status'; readonly status: Status }
  | { readonly kind: 'set_priority'; readonly priority: Priority }
  /** What is absent stays; `null` takes away. */
  | { readonly kind: 'assign'; readonly assigneeId?: string | null; readonly groupId?: string | null }
  | { readonly kind: 'labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'undo'; readonly operationId: string; readonly step: number }

/** The text that a child gets, stored before, and what its variables have for this child. */
export interface ItemText {
  readonly bodyId: string
  /** null: the text is no template. */
  readonly values: Readonly<Record<string, string>> | null
  /** A variable has neither a value nor a fallback. */
  readonly empty: boolean
}

/** What an earlier step, or several, did to the child, where they did something. */
export interface EarlierEffect {
  /** The version that the last of them gave the child. */
  readonly version: number
  /** As it was before the first of them. */
  readonly found: Found | null
}

/** Which steps of which operation an effect looks back to. */
export interface EarlierSteps {
  readonly operationId: string
  readonly first: number
  readonly last: number
}

/** An undo puts back what all steps up to its own have changed; a close looks at the step that asked. */
export function earlierSteps(effect: ItemEffect, operationId: string): EarlierSteps | null {
  if (effect.kind === 'undo') return { operationId: effect.operationId, first: 1, last: effect.step }
  if (effect.kind !== 'close' || effect.askedInStep === 0) return null
  return { operationId, first: effect.askedInStep, last: effect.askedInStep }
}

/** What two steps did together. */
export const afterStep = (before: EarlierEffect | undefined, { version, found }: EarlierEffect): EarlierEffect => ({
  version,
  found: firstFound(before?.found ?? null, found),
})

/** Customers see what the effect says. */
export const speaksPublicly = ({ kind }: ItemEffect): boolean =>
  kind === 'broadcast' || kind === 'close' || kind === 'ask_to_close'

/** There is no such effect without a text. */
export const needsText = ({ kind }: ItemEffect): boolean =>
  kind === 'broadcast' || kind === 'note' || kind === 'ask_to_close'

export const mayHaveText = (effect: ItemEffect): boolean => effect.kind === 'close' || needsText(effect)

/** The comment of an effect that says something. */
export const commentOf = (
  effect: ItemEffect,
  { bodyId, values }: ItemText,
  commentId: string,
  author: ActorRef,
): Fact => ({
  type: 'comment-added',
  commentId,
  bodyId,
  public: speaksPublicly(effect),
  author,
  broadcast: effect.kind === 'broadcast',
  ...(values ? { values } : {}),
})

/** The fields that an effect sets; of an undo, what its earlier step found. */
export function updateOf(effect: ItemEffect, ticket: Ticket, earlier: EarlierEffect | undefined): UpdateTicket {
  return effect.kind === 'undo' && earlier?.found ? putBack(ticket, earlier.found) : sameForAll(effect)
}

/** The fields that an effect sets on every child alike. */
export function sameForAll(effect: ItemEffect): UpdateTicket {
  switch (effect.kind) {
    case 'broadcast':
    case 'note':
    case 'undo':
      return {}
    case 'close':
      return { status: 'solved' }
    case 'ask_to_close':
      return { status: 'pending' }
    case 'set_status':
      return { status: effect.status }
    case 'set_priority':
      return { priority: effect.priority }
    case 'assign':
      return { assigneeId: effect.assigneeId, groupId: effect.groupId }
    case 'labels':
      return { addLabels: effect.add, removeLabels: effect.remove }
  }
}
