import { type Change, fromWirePriority, fromWireStatus } from '@umbel/contracts'
import { z } from 'zod'
import { count, id, orNull, priority, status } from './common.ts'

/** What an operation does to each child; what its kind does not use is left out. */
export const changeShape = z.object({
  status: status.optional(),
  priority: priority.optional(),
  assigneeId: id.nullable().optional().describe('null: taken away'),
  groupId: id.nullable().optional().describe('null: taken away'),
  addLabels: z.array(z.string()).optional(),
  removeLabels: z.array(z.string()).optional(),
  includeReplied: z.boolean().optional().describe('close: also children whose customer waits for an answer'),
  confirmToCloseDays: count.optional().describe('close: ask first, solve after so many days of silence'),
  undoneOperationId: id.optional(),
  missed: z.string().optional(),
})
type ChangeJson = z.output<typeof changeShape>

export function toChange(change: Change | undefined): ChangeJson {
  if (change === undefined) return {}
  const { assigneeId, groupId, addLabels, removeLabels, includeReplied, confirmToCloseDays } = change
  const said: ChangeJson = {
    status: fromWireStatus(change.status),
    priority: fromWirePriority(change.priority),
    assigneeId: assigneeId === undefined ? undefined : orNull(assigneeId),
    groupId: groupId === undefined ? undefined : orNull(groupId),
    addLabels: addLabels.length > 0 ? addLabels : undefined,
    removeLabels: removeLabels.length > 0 ? removeLabels : undefined,
    includeReplied: includeReplied || undefined,
    confirmToCloseDays: confirmToCloseDays || undefined,
    undoneOperationId: change.undoneOperationId || undefined,
    missed: change.missed || undefined,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}
