import { authorize, forbidden, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Caller } from '../store/actor-store.ts'
import type { OutgoingKey } from '../store/outgoing-read.ts'
import type { Read } from '../store/read-side.ts'

const MAX_KEYS = 500

/** What notification sends for these comments; services only, for it holds addresses. */
export const getOutgoing = (read: Read) => (scope: Scope, caller: Caller, keys: readonly OutgoingKey[]) =>
  read(scope, async (session) => {
    const actor = await session.actor(caller)
    authorize(actor, 'read-ticket')
    if (caller.kind !== 'service') throw forbidden('not-permitted', 'services only')
    if (keys.length > MAX_KEYS) throw invalid('too-many-keys', `at most ${MAX_KEYS} at once`, { field: 'keys' })
    const known = keys.filter(({ ticketId, commentId }) => isId(ticketId) && isId(commentId))
    const outgoing = await session.outgoing.list(known)
    const bodies = await session.outgoing.bodies([...new Set(outgoing.map(({ bodyId }) => bodyId))])
    return { outgoing, bodies, workspace: await session.workspace.get() }
  })
