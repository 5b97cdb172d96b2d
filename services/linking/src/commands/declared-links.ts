import type { Cause } from '../domain/cause.ts'
import { type ActiveLink, decideDeclaredChild, decideWithdrawn } from '../domain/link.ts'
import type { LinkBook, Why } from '../domain/link-book.ts'
import type { Declaration, ExternalId } from '../domain/ticket.ts'
import type { PendingLink } from '../store/pending-links.ts'

export interface DeclaredContext {
  readonly book: LinkBook
  readonly newId: () => string
  /** The ticket that a source means, if it has been seen. */
  resolve(name: ExternalId): string | undefined
}

type LinkDeclaration = Extract<Declaration, { type: 'linked' | 'unlinked' }>

/** What sources declared, applied to a book in order; what must wait, and what waits no longer. */
export interface Declared {
  readonly waiting: ReadonlyMap<string, PendingLink>
  readonly settled: readonly PendingLink[]
  readonly replacedPrimaries: ReadonlySet<string>
  /** Declarations that a rule of linking forbids: a master that should be a child, a ticket linked to itself. */
  readonly impossible: number
  apply(ticketId: string, declaration: Declaration, why: Why): void
  /** A declaration from before whose target may be there now. */
  retry(pending: PendingLink): void
}

const keyOf = (ticketId: string, kind: string, { source, id }: ExternalId) =>
  [ticketId, kind, source, id].join('\u0000')

export function applyDeclared({ book, newId, resolve }: DeclaredContext): Declared {
  const waiting = new Map<string, PendingLink>()
  const settled: PendingLink[] = []
  const replacedPrimaries = new Set<string>()
  let impossible = 0

  const begin = (link: Omit<ActiveLink, 'linkId' | 'purpose'>, why: Why) =>
    book.begin({ linkId: newId(), purpose: 'customer', ...link }, why)

  /** True: nothing is left to wait for. */
  const link = ({ ticketId, kind, targetId, primary, ...why }: PendingLink & Why): boolean => {
    if (targetId === null) return false
    if (kind !== 'child') {
      const there = book.linksOf(ticketId).some((one) => one.kind === kind && one.targetId === targetId)
      if (ticketId === targetId) impossible += 1
      else if (!there) begin({ kind, ticketId, targetId, primary: false }, whyOf(why))
      return true
    }
    const decision = decideDeclaredChild(book, { ticketId, targetId, primary })
    if (decision.type === 'wait') return false
    if (decision.type === 'impossible') impossible += 1
    else {
      for (const ended of decision.end) book.end(ended, whyOf(why))
      if (decision.begin) begin({ kind, ticketId, targetId, primary }, whyOf(why))
    }
    return true
  }
  const wait = (pending: PendingLink) => {
    const key = keyOf(pending.ticketId, pending.kind, pending.target)
    if (link(pending)) {
      waiting.delete(key)
      settled.push(pending)
    } else waiting.set(key, pending)
  }
  const forgetPrimaries = (ticketId: string) => {
    replacedPrimaries.add(ticketId)
    for (const [key, pending] of waiting) if (pending.ticketId === ticketId && pending.primary) waiting.delete(key)
  }
  const applyLink = (ticketId: string, said: LinkDeclaration, why: Why) => {
    const { kind, target, primary } = said
    const targetId = resolve(target) ?? null
    const pending: PendingLink = { ticketId, kind, target, targetId, primary, ...why }
    if (said.type === 'linked') {
      if (primary) forgetPrimaries(ticketId)
      return wait(pending)
    }
    waiting.delete(keyOf(ticketId, kind, target))
    settled.push(pending)
    if (targetId === null) return
    for (const ended of decideWithdrawn(book, { ticketId, targetId, kind, primary })) book.end(ended, why)
  }
  return {
    waiting,
    settled,
    replacedPrimaries,
    get impossible() {
      return impossible
    },
    retry: (pending) => wait({ ...pending, targetId: pending.targetId ?? resolve(pending.target) ?? null }),
    apply(ticketId, declaration, why) {
      if (declaration.type !== 'master') applyLink(ticketId, declaration, why)
      else if (!declareMaster(book, ticketId, why.cause)) impossible += 1
    },
  }
}

const whyOf = ({ cause, occurredAt }: Why): Why => ({ cause, occurredAt })

/** False: the ticket is a child and cannot be a master. */
function declareMaster(book: LinkBook, ticketId: string, cause: Cause): boolean {
  if (book.isMaster(ticketId)) return true
  if (book.linksOf(ticketId).some(({ kind }) => kind === 'child')) return false
  book.setMaster({ ticketId, master: true, cause, reason: '' })
  return true
}
