import type { MessageInitShape } from '@bufbuild/protobuf'
import { type OperationEffectSchema, priorityWords, statusWords, toWirePriority, toWireStatus } from '@umbel/contracts'
import { assertNever } from '@umbel/kernel'
import type { Effect } from '../domain/effect.ts'

/** What a page does, as ticket reads it. */
export const toWireEffect = (effect: Effect): MessageInitShape<typeof OperationEffectSchema> => ({
  effect: oneOf(effect),
})

function oneOf(effect: Effect): NonNullable<MessageInitShape<typeof OperationEffectSchema>['effect']> {
  switch (effect.kind) {
    case 'broadcast':
    case 'note':
      return { case: effect.kind, value: {} }
    case 'close':
      return { case: 'close', value: { includeReplied: effect.includeReplied, askedInStep: effect.askedInStep } }
    case 'ask_to_close':
      return { case: 'askToClose', value: { includeReplied: effect.includeReplied } }
    case 'set_status':
      return { case: 'setStatus', value: { status: toWireStatus(known(statusWords, effect.status)) } }
    case 'set_priority':
      return { case: 'setPriority', value: { priority: toWirePriority(known(priorityWords, effect.priority)) } }
    case 'assign':
      return { case: 'assign', value: assigned(effect) }
    case 'labels':
      return { case: 'labels', value: { add: [...effect.add], remove: [...effect.remove] } }
    case 'undo':
      return { case: 'undo', value: { operationId: effect.operationId, step: effect.step } }
    default:
      return assertNever(effect)
  }
}

const assigned = ({ assigneeId, groupId }: Extract<Effect, { kind: 'assign' }>) => ({
  ...(assigneeId !== null && { assigneeId }),
  ...(groupId !== null && { groupId }),
})

/** The plan has checked its words. */
function known<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word)
  if (found === undefined) throw new Error(`a plan holds a word that is not known: ${word}`)
  return found
}
