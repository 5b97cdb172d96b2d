import { type Actor, authorize, invalid, notFound, refused } from '@umbel/kernel'
import { isId, newId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Agent, checkEntry, type DirectoryKind, type Entries, type Requester } from '../domain/directory.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { causeOf } from './acting.ts'
import { checkReferences } from './check-references.ts'

const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/

/** A group, customer or project; an empty id makes a new one. */
export const putEntry =
  (transact: Transact) =>
  <K extends 'group' | 'customer' | 'project'>(
    scope: Scope,
    caller: Caller,
    { kind, entry, key }: { readonly kind: K; readonly entry: Entries[K]; readonly key: string },
  ): Promise<Entries[K]> =>
    transact(scope, async (session) => {
      const actor = await changer(session, caller)
      // who is no member may not open a private group either
      if (kind === 'group' && actor.hiddenGroupIds.has(entry.id.toLowerCase()))
        throw notFound('not-found', `no such ${kind}`)
      return put(session, actor, kind, entry, key)
    })

/** An agent with exactly these groups, as far as the actor sees them. */
export const putAgent =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, entry: Agent & { readonly groupIds: readonly string[] }, key: string) =>
    transact(scope, async (session) => {
      const actor = await changer(session, caller)
      const { groupIds, ...agent } = entry
      checkEmail(agent.email, 'agent.email')
      for (const groupId of groupIds) await checkReferences(session, actor, { groupId })
      const stored = await put(session, actor, 'agent', agent, key)
      await session.directory.setMemberships(stored.id, [...groupIds, ...(await unseen(session, actor, stored.id))])
      return { ...stored, groupIds }
    })

/** What the actor does not see of an agent it does not take away. */
async function unseen({ entries }: Session, { hiddenGroupIds }: Actor, agentId: string): Promise<string[]> {
  const agent = await entries.agent(agentId)
  return agent?.groupIds.filter((id) => hiddenGroupIds.has(id)) ?? []
}

/** A requester; an address belongs to one requester only (`email-taken`). */
export const putRequester =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, entry: Requester, key: string): Promise<Requester> =>
    transact(scope, async (session) => {
      const actor = await changer(session, caller)
      checkEmail(entry.email, 'requester.email')
      await checkReferences(session, actor, { customerId: entry.customerId })
      const other = entry.email === null ? undefined : await session.entries.requesterByEmail(entry.email)
      if (other && other.id !== entry.id)
        throw refused('email-taken', 'another requester has this address', { field: 'requester.email' })
      return put(session, actor, 'requester', { ...entry, locale: checkLocale(entry.locale) }, key)
    })

async function changer(session: Session, caller: Caller): Promise<Actor> {
  const actor = await session.actor(caller)
  authorize(actor, 'change-directory')
  return actor
}

async function put<K extends DirectoryKind>(
  session: Session,
  actor: Actor,
  kind: K,
  entry: Entries[K],
  key: string,
): Promise<Entries[K]> {
  if (entry.id !== '' && !isId(entry.id)) throw notFound('not-found', `no such ${kind}`)
  const named = checkEntry({ ...entry, id: entry.id === '' ? newId() : entry.id }, kind)
  await session.directory.put(kind, [named], { cause: causeOf(actor, key), replace: true })
  return named
}

/** The tag as BCP 47 spells it. */
function checkLocale(locale: string | null): string | null {
  try {
    return locale === null ? null : (Intl.getCanonicalLocales(locale)[0] ?? null)
  } catch (cause) {
    throw invalid('bad-locale', 'no language tag', { field: 'requester.locale', cause })
  }
}

function checkEmail(email: string | null, field: string): void {
  if (email !== null && !EMAIL.test(email)) throw invalid('bad-address', 'no mail address', { field })
}
