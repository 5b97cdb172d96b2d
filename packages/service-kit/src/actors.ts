import type { Actor, Role } from '@umbel/kernel'
import type { Call } from '@umbel/rpc'

const KEPT_MS = 2_000
const MOST_KEPT = 10_000

/** Who an agent is now, as the directory says. */
export type FindActor = (workspaceId: string, agentId: string) => Promise<Actor>

/** Who asks in this workspace: the agent of the call, or the service or operator itself. */
export type ActorOf = (call: Call, workspaceId: string) => Promise<Actor>

const nothingHidden: ReadonlySet<string> = new Set()
const itself = (id: string, role: Role): Actor => ({ id, role, hiddenGroupIds: nothingHidden })

/** Finds the actor of a call; an agent's rights are asked for again after 2 s. A failed look-up is not kept. */
export function actorsBy(find: FindActor): ActorOf {
  const kept = new Map<string, { readonly actor: Promise<Actor>; readonly until: number }>()
  const remembered = (workspaceId: string, agentId: string): Promise<Actor> => {
    const key = `${workspaceId}:${agentId}`
    const known = kept.get(key)
    if (known !== undefined && known.until > performance.now()) return known.actor
    if (kept.size >= MOST_KEPT) kept.clear()
    const actor = find(workspaceId, agentId)
    kept.set(key, { actor, until: performance.now() + KEPT_MS })
    actor.catch(() => kept.delete(key))
    return actor
  }
  return ({ caller }, workspaceId) => {
    if (caller.actorId !== null) return remembered(workspaceId, caller.actorId)
    return Promise.resolve(itself(caller.id, caller.kind === 'operator' ? 'operator' : 'service'))
  }
}
