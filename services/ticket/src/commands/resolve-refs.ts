import { idFrom } from '@umbel/kernel/ids'
import type { Agent, DirectoryKind, Entries, Requester } from '../domain/directory.ts'
import { type RefKind, refKinds } from '../domain/snapshot.ts'
import type { Cause } from '../domain/words.ts'
import type { Session } from '../store/unit-of-work.ts'
import type { Ref, ResolvedRef } from '../store/upstream-store.ts'

/** A person, organisation, product or group as a source names it. */
export interface NamedRef extends Ref {
  readonly name: string
  readonly email: string
}

export type Resolve = (source: string, kind: RefKind, externalId: string) => string

const homes = {
  requester: 'requester',
  customer: 'customer',
  project: 'project',
  group: 'group',
  assignee: 'agent',
} as const satisfies Record<RefKind, DirectoryKind>

const keyOf = (source: string, kind: RefKind, externalId: string): string => [source, kind, externalId].join('\u0000')

/** What the source's names mean here; what nobody knows yet is made, all in a few statements. */
export async function resolveRefs(session: Session, refs: readonly NamedRef[], cause: Cause): Promise<Resolve> {
  const wanted = distinct(refs)
  const known = await session.upstream.resolve([...wanted.values()])
  const ids = new Map(known.map((ref) => [keyOf(ref.source, ref.kind, ref.externalId), ref.id]))
  const unknown = [...wanted].filter(([key]) => !ids.has(key)).map(([, ref]) => ref)
  for (const made of await makeEntries(session, unknown, cause))
    ids.set(keyOf(made.source, made.kind, made.externalId), made.id)
  return (source, kind, externalId) => {
    const id = ids.get(keyOf(source, kind, externalId))
    if (id === undefined) throw new TypeError(`${kind} ${externalId} was not asked for`)
    return id
  }
}

/** Each once, with the name and address that any event of the batch gave: a comment often names its author by id only. */
function distinct(refs: readonly NamedRef[]): ReadonlyMap<string, NamedRef> {
  const byKey = new Map<string, NamedRef>()
  for (const ref of refs) {
    const key = keyOf(ref.source, ref.kind, ref.externalId)
    const { name = '', email = '' } = byKey.get(key) ?? {}
    byKey.set(key, { ...ref, name: ref.name || name, email: ref.email || email })
  }
  return byKey
}

/** An id follows from the source's name for it, so that two consumers at once make the same entry. */
async function makeEntries(session: Session, refs: readonly NamedRef[], cause: Cause): Promise<readonly ResolvedRef[]> {
  if (refs.length === 0) return []
  const idOf = (ref: NamedRef) => idFrom('upstream', session.workspaceId, ref.source, homes[ref.kind], ref.externalId)
  const byEmail = new Map(await session.upstream.requestersByEmail(addresses(refs)))
  const made = refs.map((ref) => ({ ref, id: byAddress(byEmail, ref, idOf(ref)) }))
  // always in the same order of kinds, so that two batches cannot deadlock
  for (const kind of refKinds) {
    const fresh = made.filter(({ ref, id }) => ref.kind === kind && id === idOf(ref))
    const entries = fresh.map(({ ref, id }) => entryOf(kind, ref, id))
    await session.directory.put(homes[kind], entries, { cause, replace: false })
  }
  const resolved = made.map(({ ref: { source, kind, externalId }, id }) => ({ source, kind, externalId, id }))
  await session.upstream.remember(resolved)
  return resolved
}

/** A requester's address belongs to one requester, whoever named it first. */
function byAddress(byEmail: Map<string, string>, { kind, email }: NamedRef, own: string): string {
  if (kind !== 'requester' || email === '') return own
  const address = email.toLowerCase()
  const id = byEmail.get(address) ?? own
  byEmail.set(address, id)
  return id
}

const addresses = (refs: readonly NamedRef[]): string[] =>
  refs.filter(({ kind, email }) => kind === 'requester' && email !== '').map(({ email }) => email)

function entryOf(kind: RefKind, ref: NamedRef, id: string): Entries[(typeof homes)[RefKind]] {
  const name = (ref.name || ref.externalId).slice(0, 255).toWellFormed() // the cut may go through a character
  const email = ref.email === '' ? null : ref.email
  if (kind === 'requester') return { id, name, email, customerId: null, locale: null } satisfies Requester
  if (kind === 'assignee') return { id, name, email, role: 'agent' } satisfies Agent
  return kind === 'group' ? { id, name, private: false } : { id, name }
}
