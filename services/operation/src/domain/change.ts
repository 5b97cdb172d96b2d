import { invalid, refuseControl, refused } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import { type Change, noChange, type OperationKind } from './operation.ts'

/** Of one change, and of a ticket after it. */
export const MAX_LABELS = 100
const MAX_LABEL_LENGTH = 255
const MAX_CONFIRM_DAYS = 90

/** What a status may be set to in bulk: a ticket is `new` only once, and closes by itself. */
const settable = ['open', 'pending', 'on_hold', 'solved']
const priorities = ['low', 'normal', 'high', 'urgent']

/** A change as somebody asks for it, before it is known to make sense. */
export type AskedChange = Omit<Change, 'missed'> & { readonly missed: string }

/** The fields that count for the kind, checked; all others as if nobody had named them. */
export function checkChange(kind: OperationKind, asked: AskedChange): Change {
  switch (kind) {
    case 'set_status':
      return { ...noChange, status: oneOf(settable, asked.status, 'status') }
    case 'set_priority':
      return { ...noChange, priority: oneOf(priorities, asked.priority, 'priority') }
    case 'assign':
      return assignment(asked)
    case 'labels':
      return labels(asked)
    case 'close':
      return { ...noChange, includeReplied: asked.includeReplied, confirmToCloseDays: confirmDays(asked) }
    case 'catch_up':
      return { ...noChange, missed: missed(asked.missed) }
    case 'sync':
      if (asked.syncKind === 'sync' || asked.syncKind === '')
        throw invalid('kind-unknown', 'sync sets a status, a priority, labels or who is assigned', { field: 'kind' })
      return { ...checkChange(asked.syncKind, asked), syncKind: asked.syncKind }
    case 'undo':
      return { ...noChange, undoneOperationId: asked.undoneOperationId, undoneStep: asked.undoneStep }
    case 'broadcast':
    case 'note':
      return noChange
  }
}

function oneOf(known: readonly string[], word: string, field: string): string {
  if (!known.includes(word)) throw invalid(`${field}-unknown`, `${field} is one of ${known.join(', ')}`, { field })
  return word
}

function assignment({ assigneeId, groupId }: AskedChange): Change {
  if (assigneeId === null && groupId === null)
    throw invalid('change-missing', 'name an agent, a group or both', { field: 'assignee_id' })
  return { ...noChange, assigneeId: idOrEmpty(assigneeId, 'assignee_id'), groupId: idOrEmpty(groupId, 'group_id') }
}

function idOrEmpty(id: string | null, field: string): string | null {
  return id === null || id === '' ? id : requireId(id, field)
}

function labels(asked: AskedChange): Change {
  const addLabels = checkLabels(asked.addLabels, 'add_labels')
  const removeLabels = checkLabels(asked.removeLabels, 'remove_labels')
  if (addLabels.length + removeLabels.length === 0)
    throw invalid('change-missing', 'name labels to add or to remove', { field: 'add_labels' })
  const both = addLabels.find((label) => removeLabels.includes(label))
  if (both !== undefined)
    throw invalid('labels-contradict', `${both} is to be added and removed`, { field: 'remove_labels' })
  return { ...noChange, addLabels, removeLabels }
}

/** Labels as tickets keep them: short, on one line, each once. */
export function checkLabels(asked: readonly string[], field: string): string[] {
  const known = new Set(asked.map((label) => label.trim()))
  if (known.size > MAX_LABELS) throw invalid('too-many-labels', `${field} holds more than ${MAX_LABELS}`, { field })
  for (const label of known) {
    if (label === '') throw invalid('value-empty', `${field} holds an empty label`, { field })
    if (label.length > MAX_LABEL_LENGTH) throw invalid('value-too-long', `${field} holds a long label`, { field })
    refuseControl(label, field)
  }
  return [...known]
}

function confirmDays({ confirmToCloseDays }: AskedChange): number {
  if (confirmToCloseDays > MAX_CONFIRM_DAYS)
    throw invalid('days-out-of-range', `silence is waited for up to ${MAX_CONFIRM_DAYS} days`, {
      field: 'confirm_to_close_days',
    })
  return confirmToCloseDays
}

function missed(asked: string): 'last' | 'all' {
  if (asked === 'last' || asked === 'all') return asked
  if (asked === '') return 'all'
  throw invalid('missed-unknown', 'missed is last or all', { field: 'missed' })
}

/** What can be put back: changes of fields, once every child has its outcome. Words that were said stay said. */
export function checkUndoable({ kind, closedAt }: { readonly kind: OperationKind; readonly closedAt: Date | null }) {
  if (kind === 'broadcast' || kind === 'note' || kind === 'catch_up')
    throw refused('not-undoable', `a ${kind} cannot be taken back; a correction can be broadcast`)
  if (closedAt === null) throw refused('not-undoable', 'not every child has its outcome yet')
}
