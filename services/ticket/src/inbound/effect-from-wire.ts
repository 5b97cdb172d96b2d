import {
  type Cause as CauseMessage,
  fromWireActorKind,
  fromWireCauseKind,
  type OperationEffect,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { ItemEffect } from '../domain/item-effect.ts'
import { checkLabels } from '../domain/text.ts'
import type { Cause } from '../domain/words.ts'
import { kept, orNull, priorityWord, statusWord } from './from-wire.ts'

/** What a page does to each child; one that is not known here, or that would do nothing, is refused. */
export function effectOf(wire: OperationEffect | undefined): ItemEffect {
  const effect = wire?.effect
  switch (effect?.case) {
    case 'broadcast':
    case 'note':
      return { kind: effect.case }
    case 'close':
      return { kind: 'close', includeReplied: effect.value.includeReplied, askedInStep: effect.value.askedInStep }
    case 'askToClose':
      return { kind: 'ask_to_close', includeReplied: effect.value.includeReplied }
    case 'setStatus':
      return { kind: 'set_status', status: statusWord(effect.value.status) ?? missing('status') }
    case 'setPriority':
      return { kind: 'set_priority', priority: priorityWord(effect.value.priority) ?? missing('priority') }
    case 'assign':
      return assignOf(kept(effect.value.assigneeId), kept(effect.value.groupId))
    case 'labels':
      return labelsOf(checkLabels(effect.value.add, 'add'), checkLabels(effect.value.remove, 'remove'))
    case 'undo':
      return { kind: 'undo', operationId: effect.value.operationId, step: effect.value.step }
    case undefined:
      throw invalid('unknown-effect', 'the page names no effect that is known here', { field: 'effect' })
  }
}

function missing(what: string): never {
  throw invalid('field-missing', `the effect needs a ${what}`, { field: `effect.${what}` })
}

const assignOf = (assigneeId: string | null | undefined, groupId: string | null | undefined): ItemEffect =>
  assigneeId === undefined && groupId === undefined
    ? missing('assignee_id')
    : {
        kind: 'assign',
        ...(assigneeId === undefined ? {} : { assigneeId }),
        ...(groupId === undefined ? {} : { groupId }),
      }

const labelsOf = (add: readonly string[], remove: readonly string[]): ItemEffect =>
  add.length + remove.length === 0 ? missing('label') : { kind: 'labels', add, remove }

/** Why something happens, as another service says it. */
export function causeFrom(wire: CauseMessage | undefined): Cause | null {
  if (!wire) return null
  const kind = fromWireCauseKind(wire.kind)
  const rootKind = fromWireCauseKind(wire.rootKind)
  const actor = wire.actor && fromWireActorKind(wire.actor.kind)
  if (!kind || !rootKind || !wire.actor || !actor)
    throw invalid('cause-incomplete', 'a cause has a kind, a root and an actor', { field: 'cause' })
  const { id, rootId, operationId, decisionId, step } = wire
  return {
    kind,
    id,
    rootKind,
    rootId,
    actor: { kind: actor, id: wire.actor.id },
    step,
    ...(orNull(operationId) === null ? {} : { operationId }),
    ...(orNull(decisionId) === null ? {} : { decisionId }),
  }
}
