import { idFrom } from '@umbel/kernel/ids'
import type { ApplyPage, Fence, MailHold, OperationPage, PageOutcome, TicketState } from '../src/commands/ports.ts'
import type { Peers } from '../src/outbound/peers.ts'

/** One child ticket in a world without a ticket service. */
export interface SmallTicket {
  readonly id: string
  readonly number: number
  readonly linkId: string
  status: string
  version: number
  comments: string[]
  linked: boolean
  hidden: boolean
  hasRequester: boolean
}

interface FenceRow {
  epoch: number
  halted: boolean
}

/** Hooks on the way of a page: what they throw or wait for happens to the caller. */
export interface Trouble {
  beforePage?: (page: OperationPage) => Promise<void> | void
  afterCommit?: (page: OperationPage) => Promise<void> | void
}

/** Tickets, links, the fence and the mail hold as functions over maps, with the promises of their services. */
export class SmallWorld {
  readonly tickets = new Map<string, SmallTicket>()
  readonly fences = new Map<string, FenceRow>()
  readonly holds = new Map<string, { epoch: number; word: 'held' | 'released' | 'withheld' }>()
  readonly effects = new Map<string, PageOutcome>()
  readonly pages: OperationPage[] = []
  readonly masterId: string
  masterHidden = false
  role: 'admin' | 'agent' | 'light_agent' = 'agent'
  trouble: Trouble = {}
  /** How often each ticket was changed; more than once breaks the promise. */
  readonly changes = new Map<string, number>()

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
        hasRequester: true,
      })
  }

  get peers(): Peers {
    return {
      resolveActor: async ({ actorId }) => ({ id: actorId, role: this.role, hiddenGroupIds: new Set() }),
      ticketStates: async (_, ticketIds) => this.states(ticketIds),
      listChildren: async (_, { ticketIds, statuses, limit, after }) => {
        const all = [...this.tickets.values()].filter(
          ({ id, linked, status }) =>
            linked &&
            (ticketIds.length === 0 || ticketIds.includes(id)) &&
            (statuses.length === 0 || statuses.includes(status)),
        )
        const from = after === '' ? 0 : Number(after)
        const children = all.slice(from, from + limit)
        const next = from + limit < all.length ? String(from + limit) : ''
        return { next, children: children.map(({ id, linkId }) => ({ ticketId: id, linkId, followUp: false })) }
      },
      applyPage: this.applyPage,
      fence: this.fence,
      mailHold: this.mailHold,
    }
  }

  private states(ticketIds: readonly string[]) {
    const found = ticketIds.flatMap((id) => this.tickets.get(id) ?? [])
    const visible = found.filter(({ hidden }) => !hidden)
    const states: TicketState[] = visible.map(({ id, number, version, status }) => ({
      ticketId: id,
      number,
      version,
      status,
    }))
    const master = { ticketId: this.masterId, number: 1, version: 1, status: 'open' }
    return {
      states: ticketIds.includes(this.masterId) && !this.masterHidden ? [...states, master] : states,
      hidden: found.length - visible.length,
    }
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

  private key = ({ operationId }: OperationPage, ticketId: string) => `${operationId}/${ticketId}`

  private apply(page: OperationPage, item: { readonly ticketId: string; readonly linkId: string }): PageOutcome {
    const key = this.key(page, item.ticketId)
    const stored = this.effects.get(key)
    if (stored) return stored
    const ticket = this.tickets.get(item.ticketId)
    const skip = (reason: string): PageOutcome => ({
      ticketId: item.ticketId,
      state: 'skipped',
      reason,
      version: 0,
      notifies: false,
      requesterId: '',
      values: {},
    })
    let outcome: PageOutcome
    if (!ticket) outcome = skip('not-found')
    else if (!ticket.linked || ticket.linkId !== item.linkId) outcome = skip('no-longer-linked')
    else outcome = this.change(ticket, page)
    this.effects.set(key, outcome)
    return outcome
  }

  private change(ticket: SmallTicket, { kind, text }: OperationPage): PageOutcome {
    if (kind === 'close') ticket.status = 'solved'
    if (text !== '') ticket.comments.push(text)
    ticket.version += 1
    this.changes.set(ticket.id, (this.changes.get(ticket.id) ?? 0) + 1)
    const notifies = text !== '' && ticket.hasRequester
    return {
      ticketId: ticket.id,
      state: 'applied',
      reason: '',
      version: ticket.version,
      notifies,
      ...person(ticket, text),
    }
  }

  private readonly fence: Fence = {
    arm: async ({ operationId, epoch }) => {
      if (!this.fences.has(operationId)) this.fences.set(operationId, { epoch, halted: false })
    },
    halt: async ({ operationId, epoch }) => {
      this.move(operationId, { epoch, halted: true })
      const outcomes = [...this.effects.keys()].filter((key) => key.startsWith(`${operationId}/`)).length
      return { outcomes }
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
    withhold: async ({ operationId, epoch }) => this.say(operationId, epoch, 'withheld'),
  }

  private say(operationId: string, epoch: number, word: 'held' | 'released' | 'withheld'): void {
    const known = this.holds.get(operationId)
    if (!known || known.epoch < epoch) this.holds.set(operationId, { epoch, word })
  }
}

/** Whose ticket it is, and what a text would call them. */
const person = ({ id, number, hasRequester }: SmallTicket, text: string) => ({
  requesterId: hasRequester ? requesterOf(id) : '',
  values: text === '' ? {} : { 'requester.first_name': `Person ${number}` },
})

/** The requester of a ticket of this world. */
export const requesterOf = (ticketId: string): string => idFrom('requester', ticketId)
