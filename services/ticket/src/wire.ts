import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { ActorKind, type ActorRefSchema, CauseKind, type CauseSchema, LinkKind } from '@umbel/contracts'
import type { ActorRef, Cause, LinkKind as LinkWord } from './domain/words.ts'

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
} as const satisfies Record<ActorRef['kind'], ActorKind>

const linkKinds = {
  child: LinkKind.CHILD,
  duplicate: LinkKind.DUPLICATE,
  related: LinkKind.RELATED,
} as const satisfies Record<LinkWord, LinkKind>

export const toWireActor = ({ kind, id }: ActorRef): MessageInitShape<typeof ActorRefSchema> => ({
  kind: actorKinds[kind],
  id,
})

export const toWireCause = (cause: Cause): MessageInitShape<typeof CauseSchema> => ({
  kind: causeKinds[cause.kind],
  id: cause.id,
  rootKind: causeKinds[cause.rootKind],
  rootId: cause.rootId,
  actor: toWireActor(cause.actor),
  operationId: cause.operationId ?? '',
  decisionId: cause.decisionId ?? '',
  step: cause.step ?? 0,
})

export const toWireLink = (kind: LinkWord): LinkKind => linkKinds[kind]
export const fromWireLink = (kind: LinkKind): LinkWord | undefined =>
  (Object.keys(linkKinds) as LinkWord[]).find((word) => linkKinds[word] === kind)

type Instant = Omit<Timestamp, '$typeName' | '$unknown'>

export function toWireTime(date: Date): Instant {
  const ms = date.getTime()
  const seconds = Math.floor(ms / 1000)
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 }
}
export const toWireTimeOrNone = (date: Date | null): Instant | undefined => (date ? toWireTime(date) : undefined)

/** Microseconds since 1970. */
export function microsToWire(micros: number): Instant {
  const seconds = Math.floor(micros / 1_000_000)
  return { seconds: BigInt(seconds), nanos: (micros - seconds * 1_000_000) * 1_000 }
}
