import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import {
  ActorKind,
  type ActorRef,
  type CauseSchema,
  fromWireActorKind,
  fromWireCauseKind,
  LinkPurpose,
  toWireActorKind,
  toWireCauseKind,
  type Cause as WireCause,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { CloudEvent } from '@umbel/messaging'
import type { Cause } from './domain/cause.ts'
import type { Purpose } from './domain/words.ts'

const purposes = {
  customer: LinkPurpose.CUSTOMER,
  follow_up: LinkPurpose.FOLLOW_UP,
} as const satisfies Record<Purpose, LinkPurpose>

export const toWirePurpose = (purpose: Purpose): LinkPurpose => purposes[purpose]

export const toWireCause = (cause: Cause): MessageInitShape<typeof CauseSchema> => ({
  kind: toWireCauseKind(cause.kind),
  id: cause.id,
  rootKind: toWireCauseKind(cause.rootKind),
  rootId: cause.rootId,
  actor: { kind: toWireActorKind(cause.actor.kind), id: cause.actor.id },
  operationId: cause.operationId,
  decisionId: cause.decisionId,
  step: cause.step,
})

/** A kind that this version does not know is the system's. */
export const fromWireCause = (cause: WireCause): Cause => ({
  kind: fromWireCauseKind(cause.kind) ?? 'system',
  id: cause.id,
  rootKind: fromWireCauseKind(cause.rootKind) ?? 'system',
  rootId: cause.rootId,
  actor: fromWireActor(cause.actor),
  operationId: cause.operationId,
  decisionId: cause.decisionId,
  step: cause.step,
})

export const isRequester = (actor: ActorRef | undefined): boolean => actor?.kind === ActorKind.REQUESTER

const fromWireActor = (actor: ActorRef | undefined): Cause['actor'] => ({
  kind: (actor && fromWireActorKind(actor.kind)) ?? 'system',
  id: actor?.id ?? '',
})

export const fromWireTime = (time: Timestamp): Date => timestampDate(time)

/** On the wire the empty text is no id. */
export const idOrNull = (id: string): string | null => (id === '' ? null : id)

/** Throws `workspace-mismatch`: an event is of one workspace. */
export function assertWorkspace(event: CloudEvent, { workspaceId }: { readonly workspaceId: string }): void {
  if (workspaceId !== event.workspace)
    throw invalid('workspace-mismatch', 'the event is of another workspace than its header says')
}
