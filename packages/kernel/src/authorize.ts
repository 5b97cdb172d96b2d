import { forbidden, notFound } from './errors.ts'

/** Fixed roles; `operator` runs the platform and sees no ticket, `service` acts for itself inside the house. */
export const roles = ['admin', 'agent', 'light_agent', 'operator', 'service', 'requester'] as const
export type Role = (typeof roles)[number]

/** Who asks, as known at this moment. `hiddenGroupIds` are the private groups this actor is no member of. */
export interface Actor {
  readonly id: string
  readonly role: Role
  readonly hiddenGroupIds: ReadonlySet<string>
}

/** What is asked for; commands and queries name exactly one each. */
export type Action =
  | 'read-ticket'
  | 'open-ticket'
  | 'update-ticket'
  | 'comment-publicly'
  | 'comment-internally'
  | 'read-master'
  | 'coordinate-master'
  | 'plan-operation'
  | 'control-operation'
  | 'read-operation'
  | 'read-notification'
  | 'manage-deliveries'
  | 'read-directory'
  | 'change-directory'
  | 'change-settings'
  | 'manage-workspace'
  | 'manage-dead-letters'

/** What an action touches. A ticket or master is hidden from whoever may not see its group. */
export interface Resource {
  readonly groupId?: string | null
}

const reads: readonly Action[] = ['read-ticket', 'read-master', 'read-operation', 'read-notification', 'read-directory']
const works: readonly Action[] = [
  ...reads,
  'open-ticket',
  'update-ticket',
  'comment-publicly',
  'comment-internally',
  'coordinate-master',
  'plan-operation',
  'control-operation',
]

const allowed: Record<Role, ReadonlySet<Action>> = {
  admin: new Set([...works, 'change-directory', 'change-settings', 'manage-deliveries', 'manage-dead-letters']),
  agent: new Set(works),
  light_agent: new Set([...reads, 'comment-internally']),
  operator: new Set(['manage-workspace', 'manage-dead-letters']),
  service: new Set([...works, 'change-directory', 'change-settings']),
  requester: new Set(['comment-publicly']),
}

/** Whether the actor may see something that belongs to this group; `null` belongs to everyone of the workspace. */
export const canSee = (actor: Actor, { groupId }: Resource): boolean =>
  groupId === undefined || groupId === null || !actor.hiddenGroupIds.has(groupId)

/** Whether nothing of the workspace is hidden from the actor. */
export const canSeeAll = ({ role, hiddenGroupIds }: Actor): boolean =>
  hiddenGroupIds.size === 0 && allowed[role].has('read-ticket')

/**
 * Deny by default. Throws `not-found` for what the actor may not see, `forbidden` (`not-permitted`) for what it may
 * see but not do.
 */
export function authorize(actor: Actor, action: Action, resource: Resource = {}): void {
  if (!canSee(actor, resource)) throw notFound('not-found', 'no such ticket in this workspace')
  if (!allowed[actor.role].has(action)) throw forbidden('not-permitted', `${actor.role} may not ${action}`)
}
