import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type ChangeSchema,
  fromWirePriority,
  fromWireStatus,
  priorityWords,
  statusWords,
  toWirePriority,
  toWireStatus,
  type Change as WireChange,
} from '@umbel/contracts'
import { type Change, noChange } from '../domain/operation.ts'

export const toWireChange = (change: Change): MessageInitShape<typeof ChangeSchema> => {
  const status = statusWords.find((word) => word === change.status)
  const priority = priorityWords.find((word) => word === change.priority)
  return {
    ...(status && { status: toWireStatus(status) }),
    ...(priority && { priority: toWirePriority(priority) }),
    ...(change.assigneeId !== null && { assigneeId: change.assigneeId }),
    ...(change.groupId !== null && { groupId: change.groupId }),
    addLabels: [...change.addLabels],
    removeLabels: [...change.removeLabels],
    includeReplied: change.includeReplied,
    confirmToCloseDays: change.confirmToCloseDays,
    undoneOperationId: change.undoneOperationId,
    missed: change.missed,
  }
}

/** The change that is asked for; what an unknown status or priority says is nothing. */
export const fromWireChange = (wire: WireChange | undefined): Omit<Change, 'missed'> & { readonly missed: string } =>
  wire === undefined
    ? noChange
    : {
        ...noChange,
        status: fromWireStatus(wire.status) ?? '',
        priority: fromWirePriority(wire.priority) ?? '',
        assigneeId: wire.assigneeId ?? null,
        groupId: wire.groupId ?? null,
        addLabels: wire.addLabels,
        removeLabels: wire.removeLabels,
        includeReplied: wire.includeReplied,
        confirmToCloseDays: wire.confirmToCloseDays,
        missed: wire.missed,
      }
