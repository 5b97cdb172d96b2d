import { authorize, notFound } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Caller, KnownActor } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'

/** An agent's role and the private groups hidden from it, as of now. */
export const resolveActor =
  (read: Read) =>
  (scope: Scope, caller: Caller, actorId: string): Promise<KnownActor> =>
    read(scope, async (session) => {
      const asking = await session.actor(caller)
      authorize(asking, 'read-directory')
      const found = await session.agent(actorId)
      if (!found) throw notFound('not-found', 'no such agent in this workspace')
      if (asking.role === 'service') return found
      // which private groups there are is told to nobody who is no member
      const told = [...found.hiddenGroupIds].filter((id) => !asking.hiddenGroupIds.has(id))
      return { ...found, hiddenGroupIds: new Set(told) }
    })
