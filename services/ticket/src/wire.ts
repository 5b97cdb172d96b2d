import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { type ActorRefSchema, type CauseSchema, toWireActorKind, toWireCauseKind } from '@umbel/contracts'
import type { ActorRef, Cause } from './domain/words.ts'

export const toWireActor = ({ kind, id }: ActorRef): MessageInitShape<typeof ActorRefSchema> => ({
  kind: toWireActorKind(kind),
  id,
})

export const toWireCause = (cause: Cause): MessageInitShape<typeof CauseSchema> => ({
  kind: toWireCauseKind(cause.kind),
  id: cause.id,
  rootKind: toWireCauseKind(cause.rootKind),
  rootId: cause.rootId,
  actor: toWireActor(cause.actor),
  operationId: cause.operationId ?? '',
  decisionId: cause.decisionId ?? '',
  step: cause.step ?? 0,
})

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
