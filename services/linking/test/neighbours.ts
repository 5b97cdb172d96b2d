import { create, toBinary } from '@bufbuild/protobuf'
import {
  ClockChangedSchema,
  DirectoryChangedSchema,
  DirectoryKind,
  OperationChangedSchema,
  topics,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { encodeEvent, type Message } from '@umbel/messaging'

interface Entry {
  readonly kind?: DirectoryKind
  readonly id: string
  readonly name: string
  readonly email?: string
  readonly version?: number
}

/** A requester, unless another kind is given, as the directory tells of it. */
export function directoryEvent(workspaceId: string, entry: Entry): Message {
  const { kind = DirectoryKind.REQUESTER, id, version = 1 } = entry
  const changed = create(DirectoryChangedSchema, { ...entry, workspaceId, kind, version: BigInt(version) })
  return encodeEvent(topics.ticket.directory.name, `${workspaceId}:${kind}:${id}`, {
    ...common(workspaceId, id, version),
    type: DirectoryChangedSchema.typeName,
    data: toBinary(DirectoryChangedSchema, changed),
  })
}

/** How the clocks of a ticket stand. */
export function clockEvent(workspaceId: string, ticketId: string, slaState: string, version = 1): Message {
  const changed = create(ClockChangedSchema, { workspaceId, ticketId, slaState, streamVersion: BigInt(version) })
  return encodeEvent(topics.sla.events.name, `${workspaceId}:${ticketId}`, {
    ...common(workspaceId, ticketId, version),
    type: ClockChangedSchema.typeName,
    data: toBinary(ClockChangedSchema, changed),
  })
}

interface Run {
  readonly operationId: string
  readonly masterId: string
  readonly running: boolean
  readonly version: number
}

/** Whether an operation runs. */
export function operationEvent(workspaceId: string, run: Run): Message {
  const { operationId, version } = run
  const changed = create(OperationChangedSchema, { ...run, workspaceId, streamVersion: BigInt(version) })
  return encodeEvent(topics.operation.events.name, `${workspaceId}:${operationId}`, {
    ...common(workspaceId, operationId, version),
    type: OperationChangedSchema.typeName,
    data: toBinary(OperationChangedSchema, changed),
  })
}

const common = (workspace: string, subject: string, version: number) => ({
  id: newId(),
  source: '/umbel/test',
  subject,
  time: new Date().toISOString(),
  workspace,
  sequence: String(version),
})
