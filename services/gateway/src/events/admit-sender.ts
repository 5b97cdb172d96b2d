import { authorize, type Role, roles } from '@umbel/kernel'
import type { Context } from '../http/route.ts'

/** Whoever speaks for a workspace's sources is an admin of it, as its directory knows now. */
export async function admitSender({ workspaceId, caller, peers, call }: Context): Promise<void> {
  const known = await peers.ticket.resolveActor({ workspaceId, actorId: caller.id }, call)
  const role: Role = roles.find((name) => name === known.role) ?? 'light_agent'
  authorize({ id: caller.id, role, hiddenGroupIds: new Set() }, 'change-directory')
}
