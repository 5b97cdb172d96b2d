import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import {
  ActorKind,
  type ActorRef,
  CauseKind,
  type CauseSchema,
  LinkKind,
  LinkPurpose,
  type Cause as WireCause,
} from '@umbel/contracts'
import type { Cause } from './domain/cause.ts'
import type { LinkKind as LinkWord, Purpose } from './domain/words.ts'

/** How the words of the domain are spelled on the wire, for both directions. */
const causeKinds = {
  user: CauseKind.USER,
  upstream: CauseKind.UPSTREAM,
  operation: CauseKind.OPERATION,
  sync: CauseKind.SYNC,
  mirror: CauseKind.MIRROR,
  system: CauseKind.SYSTEM,
} as const satisfies Record<Cause['kind'], CauseKind>

const actorKinds = {
  agent: ActorKind.AGENT,
  requester: ActorKind.REQUESTER,
  source: ActorKind.SOURCE,
  system: ActorKind.SYSTEM,
} as const satisfies Record<Cause['actor']['kind'], ActorKind>

const linkKinds = {
  child: LinkKind.CHILD,
  duplicate: LinkKind.DUPLICATE,
  related: LinkKind.RELATED,
} as const satisfies Record<LinkWord, LinkKind>

const purposes = {
  customer: LinkPurpose.CUSTOMER,
  follow_up: LinkPurpose.FOLLOW_UP,
} as const satisfies Record<Purpose, LinkPurpose>

const wordOf = <W extends string>(table: Readonly<Record<W, number>>, wire: number): W | undefined =>
  (Object.keys(table) as W[]).find((word) => table[word] === wire)

export const toWireKind = (kind: LinkWord): LinkKind => linkKinds[kind]
/** `undefined` for unspecified and for kinds of a newer contract. */
export const fromWireKind = (wire: LinkKind): LinkWord | undefined => wordOf(linkKinds, wire)
export const toWirePurpose = (purpose: Purpose): LinkPurpose => purposes[purpose]

export const toWireCause = (cause: Cause): MessageInitShape<typeof CauseSchema> => ({
  kind: causeKinds[cause.kind],
  id: cause.id,
  rootKind: causeKinds[cause.rootKind],
  rootId: cause.rootId,
  actor: { kind: actorKinds[cause.actor.kind], id: cause.actor.id },
  operationId: cause.operationId,
  decisionId: cause.decisionId,
  step: cause.step,
})

/** A kind that this version does not know is the system's. */
export const fromWireCause = (cause: WireCause): Cause => ({
  kind: wordOf(causeKinds, cause.kind) ?? 'system',
  id: cause.id,
  rootKind: wordOf(causeKinds, cause.rootKind) ?? 'system',
  rootId: cause.rootId,
  actor: fromWireActor(cause.actor),
  operationId: cause.operationId,
  decisionId: cause.decisionId,
  step: cause.step,
})

export const isRequester = (actor: ActorRef | undefined): boolean => actor?.kind === ActorKind.REQUESTER

const fromWireActor = (actor: ActorRef | undefined): Cause['actor'] => ({
  kind: (actor && wordOf(actorKinds, actor.kind)) ?? 'system',
  id: actor?.id ?? '',
})

export const fromWireTime = (time: Timestamp): Date => timestampDate(time)

/** On the wire the empty text is no id. */
export const idOrNull = (id: string): string | null => (id === '' ? null : id)
