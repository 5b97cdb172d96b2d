import type { Actor } from '@umbel/kernel'
import {
  emptyVariables,
  parseTemplate,
  type Template,
  type TemplateVariable,
  variablesOf,
} from '@umbel/kernel/template'
import type { Assignees } from '../domain/assignment.ts'
import { type EarlierEffect, earlierSteps, type ItemText } from '../domain/item-effect.ts'
import { calledBy, valuesFor } from '../domain/template-values.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { ActorRef, Cause } from '../domain/words.ts'
import type { NamesRead } from '../store/names-read.ts'
import type { Session } from '../store/unit-of-work.ts'
import { actorRef } from './acting.ts'
import type { OperationPage } from './operation-page.ts'

/** What the children of one page are decided with: read once, however many they are. */
export interface PageContext {
  readonly actor: Actor
  readonly author: ActorRef
  readonly cause: Cause
  readonly earlier: ReadonlyMap<string, EarlierEffect>
  readonly assignees: Assignees
  nameOf(id: string): string
  textFor(ticket: Ticket, bodyId: string): ItemText
}

export async function loadPageContext(
  session: Session,
  page: OperationPage,
  tickets: readonly Ticket[],
): Promise<PageContext> {
  const back = earlierSteps(page.effect, page.operationId)
  const ids = tickets.map(({ id }) => id)
  const [actor, earlier] = await Promise.all([
    page.actorId === '' ? nobody : session.agent(page.actorId),
    back ? session.effects.applied(back, ids) : new Map<string, EarlierEffect>(),
  ])
  const { name, ...rights } = actor ?? { ...powerless, id: page.actorId }
  const assignees = await loadAssignees(session, page, tickets, earlier)
  return {
    actor: rights,
    author: actorRef(rights),
    cause: causeOf(page, actorRef(rights)),
    earlier,
    assignees,
    nameOf: (id) => assignees.agents.get(id)?.name ?? assignees.groups.get(id) ?? id,
    textFor: await loadTexts(session.names, page, tickets, name),
  }
}

const none: ReadonlySet<string> = new Set()
/** Who acts where no person asked: rights of a service. */
const nobody = { id: 'operation', name: '', role: 'service', hiddenGroupIds: none } as const
/** An agent who is gone may do nothing to tickets, as operators may not: each item says so. */
const powerless = { name: '', role: 'operator', hiddenGroupIds: none } as const

const causeOf = ({ operationId, step, cause }: OperationPage, actor: ActorRef): Cause =>
  cause
    ? { ...cause, operationId, step }
    : { kind: 'operation', id: operationId, rootKind: 'user', rootId: operationId, actor, operationId, step }

/** Everybody that an assignment names or takes a child away from. */
async function loadAssignees(
  session: Session,
  { effect }: OperationPage,
  tickets: readonly Ticket[],
  earlier: ReadonlyMap<string, EarlierEffect>,
): Promise<Assignees> {
  if (effect.kind !== 'assign' && effect.kind !== 'undo') return { agents: new Map(), groups: new Map() }
  const found = [...earlier.values()].map(({ found }) => found)
  const named = [...(effect.kind === 'assign' ? [effect] : []), ...tickets, ...found]
  const ids = (field: 'assigneeId' | 'groupId') => [...new Set(named.flatMap((one) => one?.[field] ?? []))]
  return {
    agents: await session.agents(ids('assigneeId')),
    groups: await session.directory.known('group', ids('groupId')),
  }
}

/** Texts are read once and their values resolved for all children at once; those without variables cost nothing more. */
async function loadTexts(
  names: NamesRead,
  { bodies }: OperationPage,
  tickets: readonly Ticket[],
  agentName: string,
): Promise<PageContext['textFor']> {
  const templates = new Map(bodies.map(({ bodyId, text }) => [bodyId, toTemplate(text)]))
  const all = [...templates.values()].flatMap(({ variables }) => variables)
  const namesOf = await names(tickets, calledBy(all))
  return (ticket, bodyId) => {
    const { template, variables } = templates.get(bodyId) ?? toTemplate('')
    if (variables.length === 0) return { bodyId, values: null, empty: false }
    const values = valuesFor(variables, ticket, { ...namesOf(ticket), agent: agentName })
    return { bodyId, values, empty: emptyVariables(template, values).length > 0 }
  }
}

function toTemplate(text: string): { readonly template: Template; readonly variables: readonly TemplateVariable[] } {
  const template = parseTemplate(text, 'bodies.text')
  return { template, variables: variablesOf(template) }
}
