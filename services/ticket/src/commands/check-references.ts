import { type Actor, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { DirectoryKind } from '../domain/directory.ts'
import type { Session } from '../store/unit-of-work.ts'

export interface References {
  readonly requesterId?: string | null
  readonly assigneeId?: string | null
  readonly groupId?: string | null
  readonly customerId?: string | null
  readonly projectId?: string | null
}

const kinds = {
  requesterId: ['requester', 'requester_id'],
  assigneeId: ['agent', 'assignee_id'],
  groupId: ['group', 'group_id'],
  customerId: ['customer', 'customer_id'],
  projectId: ['project', 'project_id'],
} as const satisfies Record<keyof References, readonly [DirectoryKind, string]>

/** Every reference exists; a private group of others is as unknown as one that is not. Light agents are not assigned. */
export async function checkReferences(session: Session, actor: Actor, references: References): Promise<void> {
  for (const name of Object.keys(kinds) as (keyof References)[]) {
    const id = references[name]
    if (id === undefined || id === null) continue
    const [kind, field] = kinds[name]
    const hidden = kind === 'group' && actor.hiddenGroupIds.has(id)
    if (hidden || !isId(id) || !(await session.directory.known(kind, [id])).has(id))
      throw invalid(`unknown-${kind}`, `no such ${kind} in this workspace`, { field })
  }
  await checkAssignee(session, references)
}

async function checkAssignee(session: Session, { assigneeId, groupId }: References): Promise<void> {
  if (!assigneeId) return
  const agent = await session.agent(assigneeId)
  const field = 'assignee_id'
  if (agent?.role === 'light_agent') throw invalid('not-assignable', 'light agents are not assigned', { field })
  if (groupId && agent?.hiddenGroupIds.has(groupId))
    throw invalid('not-assignable', 'this agent is no member of the private group', { field })
}
