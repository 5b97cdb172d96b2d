import { authorize, invalid } from '@umbel/kernel'
import { idFrom, isId } from '@umbel/kernel/ids'
import type { Priority } from '../domain/words.ts'
import { distinct, strangers } from './add-children.ts'
import type { Write } from './deps.ts'
import { type MasterSagaDeps, playSaga, sagaIdOf } from './master-saga.ts'
import type { MasterAnswer } from './master-steps.ts'
import type { NewChild } from './open-children.ts'

export interface OpenMaster extends Write {
  readonly subject: string
  readonly priority: Priority | null
  readonly assigneeId: string | null
  readonly groupId: string | null
  readonly projectId: string | null
  readonly labels: readonly string[]
  /** The first internal comment; empty: none. */
  readonly note: string
  readonly childIds: readonly string[]
  readonly newChildren: readonly Omit<NewChild, 'id'>[]
}

const MAX_NEW = 1_000

/** Opens a ticket as a master, with children there are and new ones, as a stored saga: the same key resumes it. */
export const openMaster =
  (deps: MasterSagaDeps) =>
  async (command: OpenMaster): Promise<MasterAnswer> => {
    authorize(command.actor, 'coordinate-master')
    authorize(command.actor, 'open-ticket')
    const childIds = distinct(command.childIds)
    if (command.newChildren.length > MAX_NEW)
      throw invalid('too-many-children', `at most ${MAX_NEW} new tickets at once`, { field: 'new_children' })
    const sagaId = sagaIdOf(deps, 'OpenMaster', command)
    const masterId = deps.newId()
    const { subject, priority, assigneeId, groupId, projectId, labels, note } = command
    const ticket = { subject, priority, assigneeId, groupId, projectId, labels, requesterId: null, description: note }
    const answer = await playSaga(deps, command, sagaId, () =>
      Promise.resolve({
        masterId,
        ticket: { ...ticket, id: masterId, key: masterId, master: true },
        promotedId: null,
        childIds: childIds.filter(isId),
        newChildren: command.newChildren.map((child, at) => ({ ...child, id: idFrom('new-child', masterId, at) })),
      }),
    )
    return { ...answer, outcomes: [...answer.outcomes, ...strangers(childIds)] }
  }
