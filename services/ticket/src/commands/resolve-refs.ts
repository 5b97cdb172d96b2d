import { idFrom } from '@umbel/kernel/ids'
import type { Agent, DirectoryKind, Entries, Requester } from '../domain/directory.ts'
import type { RefKind } from '../domain/snapshot.ts'
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
  const wanted = new Map(refs.map((ref) => [keyOf(ref.source, ref.kind, ref.externalId), ref]))
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

/** An id follows from the source's name for it, so that two consumers at once make the same entry. */
async function makeEntries(session: Session, refs: readonly NamedRef[], cause: Cause): Promise<readonly ResolvedRef[]> {
  if (refs.length === 0) return []
  const { workspaceId } = session
  const byEmail = new Map(await session.upstream.requestersByEmail(addresses(refs)))
  const made: ResolvedRef[] = []
  const fresh = new Map<RefKind, NamedRef[]>()
  for (const ref of refs) {
    const own = idFrom('upstream', workspaceId, ref.source, homes[ref.kind], ref.externalId)
    const address = ref.kind === 'requester' ? ref.email.toLowerCase() : ''
    const id = (address === '' ? undefined : byEmail.get(address)) ?? own
    if (address !== '') byEmail.set(address, id)
    made.push({ source: ref.source, kind: ref.kind, externalId: ref.externalId, id })
    if (id === own) fresh.set(ref.kind, [...(fresh.get(ref.kind) ?? []), ref])
  }
  const idOf = (ref: NamedRef) => idFrom('upstream', workspaceId, ref.source, homes[ref.kind], ref.externalId)
  for (const [kind, some] of fresh) {
    const entries = some.map((ref) => entryOf(kind, ref, idOf(ref)))
    await session.directory.put(homes[kind], entries, { cause, replace: false })
  }
  await session.upstream.remember(made)
  return made
}

const addresses = (refs: readonly NamedRef[]): string[] =>
  refs.filter(({ kind, email }) => kind === 'requester' && email !== '').map(({ email }) => email)

function entryOf(kind: RefKind, ref: NamedRef, id: string): Entries[(typeof homes)[RefKind]] {
  const name = (ref.name || ref.externalId).slice(0, 255)
  const email = ref.email === '' ? null : ref.email
  if (kind === 'requester') return { id, name, email, customerId: null } satisfies Requester
  if (kind === 'assignee') return { id, name, email, role: 'agent' } satisfies Agent
  return kind === 'group' ? { id, name, private: false } : { id, name }
}
