import { authorize, canSee, fitting, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type TemplateVariable, templateVariables } from '@umbel/kernel/template'
import type { Scope } from '@umbel/messaging'
import { calledBy, valuesFor } from '../domain/template-values.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'

const MAX_IDS = 1_000
const STREAM_PAGE = 500

/** A ticket as a plan looks at it. */
export interface PlanState {
  readonly ticket: Ticket
  /** The requester's language; empty: unknown. */
  readonly locale: string
  /** Whether its requester can be mailed. */
  readonly addressed: boolean
  /** Of the variables asked for. */
  readonly values: Readonly<Record<string, string>>
}

export interface AskStates {
  readonly ticketIds: readonly string[]
  /** Template variables to resolve for each. */
  readonly variables: readonly string[]
}

/** The tickets in the order asked, missing and hidden ones left out; the hidden ones as a bare number. */
export const getTicketStates = (read: Read) => (scope: Scope, caller: Caller, ask: AskStates) =>
  read(scope, async (session) => {
    const actor = await session.actor(caller)
    authorize(actor, 'read-ticket')
    const { ticketIds: ids } = ask
    if (ids.length > MAX_IDS) throw invalid('too-many-tickets', `at most ${MAX_IDS} at once`, { field: 'ticket_ids' })
    const variables = ask.variables.map(knownVariable)
    const found = await session.tickets.statesOf(ids.filter(isId))
    const known = ids.map((id) => found.get(id)).filter((ticket) => ticket !== undefined)
    const seen = known.filter((ticket) => canSee(actor, ticket))
    const namesOf = await session.names(seen, { ...calledBy(variables), requester: true })
    const states = seen.map((ticket): PlanState => {
      const names = namesOf(ticket)
      const values = valuesFor(variables, ticket, { ...names, agent: actor.name })
      return { ticket, locale: names.locale, addressed: names.addressed, values }
    })
    return { states, hidden: known.length - states.length }
  })

function knownVariable(name: string): TemplateVariable {
  const known = templateVariables.find((variable) => variable === name)
  if (!known) throw invalid('variable-unknown', `no such variable: ${name}`, { field: 'variables' })
  return known
}

interface StreamPage {
  readonly found: readonly Ticket[]
  readonly seen: readonly Ticket[]
}

/** Every ticket that the caller may see, or those named, in messages; each page read is a transaction of its own. */
export const streamTickets = (read: Read) =>
  async function* (scope: Scope, caller: Caller, ids: readonly string[]): AsyncGenerator<readonly Ticket[]> {
    const named = ids.filter(isId)
    let place: string | null = null
    for (let at = 0; ids.length === 0 || at < named.length; at += STREAM_PAGE) {
      const { found, seen }: StreamPage = await read(scope, async (session) => {
        const actor = await session.actor(caller)
        authorize(actor, 'read-ticket')
        const found =
          ids.length === 0
            ? await session.tickets.after(place, STREAM_PAGE)
            : [...(await session.tickets.byIds(named.slice(at, at + STREAM_PAGE))).values()]
        return { found, seen: found.filter((ticket) => canSee(actor, ticket)) }
      })
      yield* messagesOf(seen)
      place = found.at(-1)?.id ?? null
      if (ids.length === 0 && found.length < STREAM_PAGE) return
    }
  }

function* messagesOf(tickets: readonly Ticket[]): Generator<readonly Ticket[]> {
  for (let left = tickets; left.length > 0; ) {
    const message = fitting(left)
    yield message
    left = left.slice(message.length)
  }
}
