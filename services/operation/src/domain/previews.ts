import { renderTemplate } from '@umbel/kernel/template'
import type { PlannedItem, PlannedTicket } from './decide-item.ts'
import type { Body } from './texts.ts'

const SHOWN = 3

/** The text as one child will read it. */
export interface Preview {
  readonly ticketId: string
  readonly ticketNumber: number
  readonly locale: string
  readonly text: string
}

export interface Previews {
  look(item: PlannedItem, ticket: PlannedTicket, body: Body): void
  /** Up to three, of different customers where there are as many. */
  chosen(): Preview[]
}

/** Picks whose texts are shown: the first child of each customer, then whoever comes first. */
export function pickPreviews(): Previews {
  const customers = new Set<string>()
  const distinct: Preview[] = []
  const spare: Preview[] = []
  return {
    look(item, ticket, body) {
      if (item.state !== 'planned' || distinct.length === SHOWN) return
      const fresh = !customers.has(ticket.customerId)
      if (!fresh && spare.length === SHOWN) return
      customers.add(ticket.customerId)
      const text = renderTemplate(body.template, ticket.values)
      const preview = { ticketId: item.ticketId, ticketNumber: ticket.number, locale: body.locale, text }
      if (fresh) distinct.push(preview)
      else spare.push(preview)
    },
    chosen: () => [...distinct, ...spare].slice(0, SHOWN),
  }
}
