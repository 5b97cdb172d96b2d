import { notFound, refused } from '@umbel/kernel'
import type {
  ApplyPage,
  ChildrenPage,
  ChildrenQuery,
  Fence,
  LeakQuery,
  MailHold,
  OperationPage,
  PageItem,
  PageOutcome,
  Peers,
  TicketState,
  TicketStates,
} from '../src/commands/ports.ts'
import type { Leak } from '../src/domain/findings.ts'
import type { NotificationOutcome } from '../src/store/notification-store.ts'
import { applyEffect, ended, requesterOf, skipReason } from './small-effects.ts'
import type { SmallTicket } from './small-ticket.ts'

interface FenceRow {
  epoch: number
  halted: boolean
}

/** Hooks on the way of a page: what they throw or wait for happens to the caller. */
export interface Trouble {
  beforePage?: (page: OperationPage) => Promise<void> | void
  afterCommit?: (page: OperationPage) => Promise<void> | void
  beforeStates?: () => Promise<void>
  beforeRequester?: () => void
  beforeRetry?: () => void
}

/** Tickets, links, the fence and the mail hold as functions over maps, with the promises of their services. */
export class SmallWorld {
  readonly tickets = new Map<string, SmallTicket>()
  readonly fences = new Map<string, FenceRow>()
  readonly holds = new Map<string, { epoch: number; word: 'held' | 'released' | 'withheld' }>()
  readonly effects = new Map<string, PageOutcome>()
  readonly pages: OperationPage[] = []
  readonly masterId: string
  /** What linking finds in any text. */
  leaks: Leak[] = []
  readonly leakQueries: LeakQuery[] = []
  /** Agents and groups. */
  readonly names = new Map<string, string>()
  masterHidden = false
  role: 'admin' | 'agent' | 'light_agent' = 'agent'
  /** Groups whose tickets whoever asks may not see. */
  hiddenGroups: ReadonlySet<string> = new Set()
  trouble: Trouble = {}
  /** How often each ticket was changed; more than once breaks the promise. */
  readonly changes = new Map<string, number>()
  /** Tickets that fail whenever their turn comes. */
  readonly failing = new Set<string>()
  /** The latest master's version that reached each kind of field of each ticket. */
  readonly synced = new Map<string, number>()
  /** What notification knows of each operation. */
  readonly told = new Map<string, readonly NotificationOutcome[]>()
  /** Under which epochs failed mails were tried again. */
  readonly retries: { readonly operationId: string; readonly epoch: number }[] = []

  constructor(masterId: string) {
    this.masterId = masterId
  }

  add(tickets: readonly Pick<SmallTicket, 'id' | 'number' | 'linkId'>[]): void {
    for (const ticket of tickets)
      this.tickets.set(ticket.id, {
        ...ticket,
        status: 'open',
        version: 1,
        comments: [],
        linked: true,
        hidden: false,
        requesterId: requesterOf(ticket.id),
        requesterVersion: 0,
        linkSeq: this.tickets.size + 1,
        followUp: false,
        priority: 'normal',
        assigneeId: '',
        customerId: '',
        labels: [],
        customerWaits: false,
        locale: '',
        values: {},
      })
  }

  /** An empty world, with no trouble in it. */
  forget(): void {
    for (const known of [this.tickets, this.changes, this.failing, this.synced, this.told]) known.clear()
    this.pages.length = 0
    this.trouble = {}
  }

  get peers(): Peers {
    return {
      resolveActor: async ({ actorId }) => ({ id: actorId, role: this.role, hiddenGroupIds: this.hiddenGroups }),
      ticketStates: async (_, ticketIds) => {
        if (!ticketIds.includes(this.masterId)) await this.trouble.beforeStates?.()
        return this.states(ticketIds)
      },
      ticketRequester: async ({ actorId }, ticketId) => {
        this.trouble.beforeRequester?.()
        const ticket = this.tickets.get(ticketId)
        if (!ticket || (actorId !== '' && ticket.hidden)) throw notFound('not-found', 'no such ticket')
        return ticket.requesterId
      },
      listChildren: async ({ actorId }, query) => this.children(query, actorId === ''),
      findLeaks: async (_, query) => {
        this.leakQueries.push(query)
        return this.leaks
      },
      directoryNames: async () => this.names,
      applyPage: this.applyPage,
      fence: this.fence,
      mailHold: this.mailHold,
      operationNotifications: (_, operationId) => this.toldOf(operationId),
    }
  }

  private async *toldOf(operationId: string) {
    for (const outcome of this.told.get(operationId) ?? []) yield [outcome] // a page each
  }

  private children(query: ChildrenQuery, hiddenToo: boolean): ChildrenPage {
    const { ticketIds, filter, aboveLinkSeq, limit, after } = query
    const wanted = new Set(ticketIds)
    const any = (values: readonly string[], own: readonly string[]) =>
      values.length === 0 || own.some((value) => values.includes(value))
    const all = [...this.tickets.values()].filter(
      ({ id, linked, hidden, linkSeq, status, labels, customerId }) =>
        linked &&
        (hiddenToo || !hidden) &&
        linkSeq > aboveLinkSeq &&
        (wanted.size === 0 || wanted.has(id)) &&
        any(filter.statuses, [status]) &&
        any(filter.labels, labels) &&
        any(filter.customerIds, [customerId]),
    )
    const from = after === '' ? 0 : Number(after)
    return {
      next: from + limit < all.length ? String(from + limit) : '',
      linkSeqHighWater: this.tickets.size,
      children: all
        .slice(from, from + limit)
        .map(({ id, linkId, linkSeq, followUp }) => ({ ticketId: id, linkId, linkSeq, followUp })),
    }
  }

  private states(ticketIds: readonly string[]): TicketStates {
    const found = ticketIds.flatMap((id) => this.tickets.get(id) ?? [])
    const visible = found.filter(({ hidden }) => !hidden)
    const states = visible.map(
      (ticket): TicketState => ({
        ...ticket,
        ticketId: ticket.id,
        movedVersion: ticket.version,
        groupId: '',
        unaddressed: ticket.requesterId === '',
      }),
    )
    return {
      states: ticketIds.includes(this.masterId) && !this.masterHidden ? [...states, this.master()] : states,
      hidden: found.length - visible.length,
    }
  }

  private master(): TicketState {
    const nothing = { assigneeId: '', groupId: '', customerId: '', labels: [], linkId: '', locale: '', values: {} }
    const versions = { version: 1, movedVersion: 1 }
    const known = {
      unaddressed: true,
      number: 1,
      ...versions,
      status: 'open',
      priority: 'normal',
      customerWaits: false,
    }
    return { ticketId: this.masterId, ...known, ...nothing }
  }

  private readonly applyPage: ApplyPage = async (page) => {
    await this.trouble.beforePage?.(page)
    const fence = this.fences.get(page.operationId)
    const halted = !fence || fence.halted || fence.epoch !== page.epoch
    const outcomes = page.items.flatMap((item) => this.effects.get(this.key(page, item.ticketId)) ?? [])
    if (halted) return { halted: true, outcomes }
    this.pages.push(page)
    const answer = page.items.map((item) => this.apply(page, item))
    await this.trouble.afterCommit?.(page)
    return { halted: false, outcomes: answer }
  }

  private key = ({ operationId, step }: Pick<OperationPage, 'operationId' | 'step'>, ticketId: string) =>
    `${operationId}/${step}/${ticketId}`

  private apply(page: OperationPage, item: PageItem): PageOutcome {
    const key = this.key(page, item.ticketId)
    const stored = this.effects.get(key)
    if (stored) return stored
    if (this.failing.has(item.ticketId)) return ended(item.ticketId, 'failed', 'out-of-order') // nothing is stored
    const outcome = this.decide(page, item)
    this.effects.set(key, outcome)
    return outcome
  }

  private decide(page: OperationPage, item: PageItem): PageOutcome {
    const ticket = this.tickets.get(item.ticketId)
    if (!ticket) return ended(item.ticketId, 'skipped', 'not-found')
    const field = `${page.effect.kind} ${ticket.id}`
    const synced = this.synced.get(field) ?? 0
    if (page.masterVersion > 0 && page.masterVersion < synced)
      return ended(ticket.id, 'skipped', 'superseded', ticket.requesterId)
    const asked = this.effects.get(this.key({ operationId: page.operationId, step: 1 }, ticket.id))
    const reason = skipReason(page, item, ticket, asked)
    if (reason !== '') return ended(ticket.id, 'skipped', reason, ticket.requesterId)
    if (page.masterVersion > 0) this.synced.set(field, page.masterVersion)
    const changed = `${page.step === 1 ? '' : `${page.step}/`}${ticket.id}`
    this.changes.set(changed, (this.changes.get(changed) ?? 0) + 1)
    return applyEffect(ticket, page, item)
  }

  private readonly fence: Fence = {
    arm: async ({ operationId, epoch }) => {
      if (!this.fences.has(operationId)) this.fences.set(operationId, { epoch, halted: false })
    },
    halt: async ({ operationId, epoch }) => this.move(operationId, { epoch, halted: true }),
    haltAndCount: async ({ operationId, epoch }) => {
      this.move(operationId, { epoch, halted: true })
      return [...this.effects.keys()].filter((key) => key.startsWith(`${operationId}/`)).length
    },
    resume: async ({ operationId, epoch }) => this.move(operationId, { epoch, halted: false }),
  }

  private move(operationId: string, fence: FenceRow): void {
    const known = this.fences.get(operationId)
    if (!known || known.epoch < fence.epoch) this.fences.set(operationId, fence)
  }

  private readonly mailHold: MailHold = {
    hold: async ({ operationId, epoch }) => this.say(operationId, epoch, 'held'),
    release: async ({ operationId, epoch }) => this.say(operationId, epoch, 'released'),
    retry: async ({ operationId, epoch }) => {
      this.trouble.beforeRetry?.()
      if (this.holds.get(operationId)?.word === 'withheld')
        throw refused('operation-cancelled', 'it sends nothing more')
      this.retries.push({ operationId, epoch })
    },
    withhold: async ({ operationId, epoch }) => this.say(operationId, epoch, 'withheld'),
  }

  private say(operationId: string, epoch: number, word: 'held' | 'released' | 'withheld'): void {
    const known = this.holds.get(operationId)
    if (!known || known.epoch < epoch) this.holds.set(operationId, { epoch, word })
  }
}
