import type { Actor } from '@umbel/kernel'
import type { Ticket } from './ticket.ts'
import type { UpdateTicket } from './update.ts'

/** The agents and groups that a page may name, as the directory knows them now. */
export interface Assignees {
  readonly agents: ReadonlyMap<string, Actor & { readonly name: string }>
  /** Names by id, private groups without their own. */
  readonly groups: ReadonlyMap<string, string>
}

/** Why the ticket cannot be given to them: a private group of others is as unknown as one that is not. */
export function assignmentRefusal(
  ticket: Ticket,
  { assigneeId, groupId }: Pick<UpdateTicket, 'assigneeId' | 'groupId'>,
  actor: Actor,
  { agents, groups }: Assignees,
): 'not-found' | 'not-permitted' | undefined {
  if (groupId && (!groups.has(groupId) || actor.hiddenGroupIds.has(groupId))) return 'not-found'
  if (!assigneeId) return undefined
  const agent = agents.get(assigneeId)
  if (!agent) return 'not-found'
  const within = groupId === undefined ? ticket.groupId : groupId
  const outside = within !== null && agent.hiddenGroupIds.has(within)
  return agent.role === 'light_agent' || outside ? 'not-permitted' : undefined
}
