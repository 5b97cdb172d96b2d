import { authorize, notFound } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Caller, KnownActor } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'

/** An agent's role and the private groups hidden from it, as of now. */
export const resolveActor =
  (read: Read) =>
  (scope: Scope, caller: Caller, actorId: string): Promise<KnownActor> =>
    read(scope, async (session) => {
      authorize(await session.actor(caller), 'read-directory')
      const found = await session.agent(actorId)
      if (!found) throw notFound('not-found', 'no such agent in this workspace')
      return found
    })
