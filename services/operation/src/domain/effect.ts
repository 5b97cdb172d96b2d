import type { Change, Operation, OperationKind } from './operation.ts'

/** What a page does to each of its children. */
export type Effect =
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'note' }
  | { readonly kind: 'close'; readonly includeReplied: boolean; readonly askedInStep: number }
  | { readonly kind: 'ask_to_close'; readonly includeReplied: boolean }
  | { readonly kind: 'set_status'; readonly status: string }
  | { readonly kind: 'set_priority'; readonly priority: string }
  | { readonly kind: 'assign'; readonly assigneeId: string | null; readonly groupId: string | null }
  | { readonly kind: 'labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'undo'; readonly operationId: string; readonly step: number }

export const ASKING_STEP = 1
export const CLOSING_STEP = 2

/** The effect of the operation's step. A catch-up is a broadcast of what was missed; a sync is what it decided on. */
export function effectOf({ kind, change, step }: Pick<Operation, 'kind' | 'change' | 'step'>): Effect {
  const done = kind === 'sync' ? change.syncKind : kind
  if (done === '' || done === 'sync') throw new Error(`nothing can be done as ${kind} ${change.syncKind}`)
  return effects[done](change, step)
}

const effects: Record<Exclude<OperationKind, 'sync'>, (change: Change, step: number) => Effect> = {
  broadcast: () => ({ kind: 'broadcast' }),
  catch_up: () => ({ kind: 'broadcast' }),
  note: () => ({ kind: 'note' }),
  close: ({ includeReplied, confirmToCloseDays }, step) => {
    if (confirmToCloseDays === 0) return { kind: 'close', includeReplied, askedInStep: 0 }
    if (step === ASKING_STEP) return { kind: 'ask_to_close', includeReplied }
    return { kind: 'close', includeReplied: false, askedInStep: ASKING_STEP }
  },
  set_status: ({ status }) => ({ kind: 'set_status', status }),
  set_priority: ({ priority }) => ({ kind: 'set_priority', priority }),
  assign: ({ assigneeId, groupId }) => ({ kind: 'assign', assigneeId, groupId }),
  labels: ({ addLabels, removeLabels }) => ({ kind: 'labels', add: addLabels, remove: removeLabels }),
  undo: ({ undoneOperationId, undoneStep }) => ({ kind: 'undo', operationId: undoneOperationId, step: undoneStep }),
}

/** Whether the operation is in the step that asks before it closes. */
export const isAsking = ({ kind, change, step }: Pick<Operation, 'kind' | 'change' | 'step'>): boolean =>
  kind === 'close' && change.confirmToCloseDays > 0 && step === ASKING_STEP

/** A text of an operation as its pages carry it. */
export interface PageBody {
  readonly index: number
  readonly text: string
}

/** The texts that these items get, each once. A close that asked has said everything in its first step. */
export function bodiesOf(operation: Operation, items: readonly { readonly body: number }[]): PageBody[] {
  if (operation.step > ASKING_STEP) return []
  const used = [...new Set(items.map(({ body }) => body))].filter((index) => index > 0).sort((a, b) => a - b)
  return used.map((index) => ({ index, text: textOf(operation, index) })).filter(({ text }) => text !== '')
}

const textOf = ({ text, variants }: Operation, index: number): string =>
  index === 1 ? text : (variants[index - 2]?.text ?? '')
