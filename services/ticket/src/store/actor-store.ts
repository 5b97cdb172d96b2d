import { type Actor, forbidden, type Role } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'

/** Who calls, as the edge verified it: an agent, a service for itself or on an agent's behalf, an operator. */
export interface Caller {
  readonly kind: 'agent' | 'service' | 'operator'
  readonly id: string
  readonly actorId: string | null
}

export interface KnownActor extends Actor {
  readonly name: string
}

const none: ReadonlySet<string> = new Set()

/** The actor with the rights it has at this moment. `not-permitted` for an agent that the directory does not know. */
export async function loadActor(trx: Transaction, workspaceId: string, caller: Caller): Promise<KnownActor> {
  const agentId = caller.kind === 'agent' ? caller.id : caller.actorId
  if (agentId === null || agentId === '') return itself(caller)
  const found = await loadAgent(trx, workspaceId, agentId)
  if (!found) throw forbidden('not-permitted', 'no such agent in this workspace')
  return found
}

/** An agent with its role and the private groups it is no member of. */
export const loadAgent = async (
  trx: Transaction,
  workspaceId: string,
  agentId: string,
): Promise<KnownActor | undefined> => (await loadAgents(trx, workspaceId, [agentId])).values().next().value

/** The same for many; who is no agent of the workspace is left out. */
export async function loadAgents(
  trx: Transaction,
  workspaceId: string,
  agentIds: readonly string[],
): Promise<ReadonlyMap<string, KnownActor>> {
  const ids = agentIds.filter(isId)
  if (ids.length === 0) return new Map()
  // primary keys of agent, agent_group (few private ones) and group_member
  const found = await rows<{ agent_id: string; name: string; role: Role; hidden: string[] }>(
    trx,
    `select a.agent_id, a.name, a.role, array(select g.group_id::text from agent_group g
       where g.workspace_id = a.workspace_id and g.private and not exists (select 1 from group_member m
         where m.workspace_id = g.workspace_id and m.group_id = g.group_id and m.agent_id = a.agent_id)) as hidden
     from agent a where a.workspace_id = ? and a.agent_id = any(?::uuid[])`,
    [workspaceId, ids],
  )
  return new Map(
    found.map(({ agent_id: id, name, role, hidden }) => [id, { id, name, role, hiddenGroupIds: new Set(hidden) }]),
  )
}

const itself = ({ kind, id }: Caller): KnownActor => ({
  id,
  name: id,
  role: kind === 'operator' ? 'operator' : 'service',
  hiddenGroupIds: none,
})
