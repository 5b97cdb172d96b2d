import { create, toBinary } from '@bufbuild/protobuf'
import { DirectoryChangedSchema, DirectoryKind, topics } from '@umbel/contracts'
import { outgoing } from '@umbel/messaging'
import type { DirectoryKind as KindWord } from '../domain/directory.ts'
import type { TellDirectory } from '../store/directory-store.ts'
import { microsToWire, toWireCause } from '../wire.ts'
import { SOURCE } from './ticket-events.ts'

const kinds = {
  agent: DirectoryKind.AGENT,
  group: DirectoryKind.GROUP,
  requester: DirectoryKind.REQUESTER,
  customer: DirectoryKind.CUSTOMER,
  project: DirectoryKind.PROJECT,
} as const satisfies Record<KindWord, DirectoryKind>

/** An entry of the directory that was made or changed, ready for the outbox. */
export const tellDirectoryChanged: TellDirectory = (workspaceId, change) => {
  const { kind, id, version, recordedAt } = change
  const event = create(DirectoryChangedSchema, {
    workspaceId,
    kind: kinds[kind],
    id,
    version: BigInt(version),
    cause: toWireCause(change.cause),
    recordedAt: microsToWire(recordedAt),
    name: change.name,
    private: change.private,
    email: change.email ?? '',
    customerId: change.customerId ?? '',
  })
  return outgoing(topics.ticket.directory.name, `${workspaceId}:${kind}:${id}`, {
    id: `${kind}:${id}:${version}`,
    source: SOURCE,
    type: DirectoryChangedSchema.typeName,
    subject: id,
    time: new Date(Math.floor(recordedAt / 1000)).toISOString(),
    workspace: workspaceId,
    sequence: String(version),
    data: toBinary(DirectoryChangedSchema, event),
  })
}
