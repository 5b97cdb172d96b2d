import { refused } from '@umbel/kernel'
import type { LinkKind, Purpose } from './words.ts'

/** A link that has not ended. */
export interface ActiveLink {
  readonly linkId: string
  readonly kind: LinkKind
  readonly purpose: Purpose
  readonly ticketId: string
  readonly targetId: string
  readonly primary: boolean
}

/** The roles and active links around the tickets that are locked. */
export interface Book {
  isMaster(ticketId: string): boolean
  /** Active links made on this ticket. */
  linksOf(ticketId: string): readonly ActiveLink[]
}

export type ChildOutcome = 'linked' | 'already-linked' | 'has-other-master' | 'is-master' | 'not-found'

export interface ChildWish {
  readonly ticketId: string
  readonly masterId: string
  /** False: count it without driving it. */
  readonly primary: boolean
}

export type ChildDecision = { readonly outcome: Exclude<ChildOutcome, 'not-found'>; readonly linkId?: string }

/** One level, one primary master: what linking a child under a master comes to. */
export function decideChild(book: Book, { ticketId, masterId, primary }: ChildWish): ChildDecision {
  if (ticketId === masterId || book.isMaster(ticketId)) return { outcome: 'is-master' }
  const children = book.linksOf(ticketId).filter((link) => link.kind === 'child')
  const same = children.find((link) => link.targetId === masterId)
  if (same) return { outcome: 'already-linked', linkId: same.linkId }
  if (primary && children.some((link) => link.primary)) return { outcome: 'has-other-master' }
  return { outcome: 'linked' }
}

/** A master is nobody's child. */
export function assertMayBecomeMaster(book: Book, ticketId: string): void {
  if (book.linksOf(ticketId).some((link) => link.kind === 'child'))
    throw refused('is-child', 'a child of a master cannot become a master')
}

export interface DeclaredChild {
  readonly ticketId: string
  readonly targetId: string
  readonly primary: boolean
}

/** What a source's declaration changes: which links end, and whether one begins. `wait`: the target is no master yet. */
export type DeclaredDecision =
  | { readonly type: 'change'; readonly end: readonly ActiveLink[]; readonly begin: boolean }
  | { readonly type: 'wait' }
  | { readonly type: 'impossible' }

/** A source of record is followed: a primary declaration replaces the primary link there is. */
export function decideDeclaredChild(book: Book, { ticketId, targetId, primary }: DeclaredChild): DeclaredDecision {
  if (ticketId === targetId || book.isMaster(ticketId)) return { type: 'impossible' }
  if (!book.isMaster(targetId)) return { type: 'wait' }
  const children = book.linksOf(ticketId).filter((link) => link.kind === 'child')
  const same = children.find((link) => link.targetId === targetId)
  if (same && (same.primary || !primary)) return { type: 'change', end: [], begin: false }
  const replaced = primary ? children.filter((link) => link.primary || link === same) : []
  return { type: 'change', end: replaced, begin: true }
}

/** Which active links a source's withdrawal ends; one of a primary master leaves contributing links alone. */
export const decideWithdrawn = (
  book: Book,
  { ticketId, targetId, kind, primary }: { ticketId: string; targetId: string; kind: LinkKind; primary: boolean },
): ActiveLink[] =>
  book
    .linksOf(ticketId)
    .filter((link) => link.kind === kind && link.targetId === targetId && (!primary || link.primary))
