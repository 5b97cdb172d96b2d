import { toWirePriority } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { z } from 'zod'
import type { Context } from '../http/route.ts'
import { id, priority, type ticketRef } from '../shapes/common.ts'
import { ticketIds } from './refs.ts'

/** A child that does not exist yet. */
export const newChild = z.strictObject({
  subject: z.string().min(1).max(500),
  description: z.string().max(100_000).optional(),
  requesterId: id.optional(),
  priority: priority.optional(),
  groupId: id.optional(),
  assigneeId: id.optional(),
})
export type NewChildJson = z.output<typeof newChild>

export const toNewChild = (child: NewChildJson) => ({
  subject: child.subject,
  description: child.description ?? '',
  requesterId: child.requesterId ?? '',
  groupId: child.groupId ?? '',
  assigneeId: child.assigneeId ?? '',
  ...(child.priority ? { priority: toWirePriority(child.priority) } : {}),
})

type ChildJson = NewChildJson | z.output<typeof ticketRef>

/** Existing children apart from new ones; only masters have any. */
export function splitChildren(children: readonly ChildJson[], master: boolean) {
  if (!master && children.length > 0)
    throw invalid('invalid-field', 'only a ticket opened with `master: true` takes children', { field: 'children' })
  return {
    refs: children.filter((child): child is string => typeof child === 'string'),
    created: children.filter((child): child is NewChildJson => typeof child !== 'string'),
  }
}

interface NewMaster {
  readonly subject: string
  readonly description?: string | undefined
  readonly priority?: z.output<typeof priority> | undefined
  readonly assigneeId?: string | undefined
  readonly groupId?: string | undefined
  readonly projectId?: string | undefined
  readonly labels?: readonly string[] | undefined
  readonly children?: readonly ChildJson[] | undefined
}

/** The stored saga in linking; here it is one call. Numbers nothing answers to come back as outcomes. */
export async function openMaster(body: NewMaster, context: Context) {
  const { refs, created } = splitChildren(body.children ?? [], true)
  const named = await ticketIds(context, refs)
  const { masterId, outcomes } = await context.peers.linking.openMaster(
    {
      workspaceId: context.workspaceId,
      idempotency: context.idempotency,
      subject: body.subject,
      note: body.description ?? '',
      assigneeId: body.assigneeId ?? '',
      groupId: body.groupId ?? '',
      projectId: body.projectId ?? '',
      labels: [...(body.labels ?? [])],
      childIds: named.flatMap(({ id: known }) => (known === undefined ? [] : [known])),
      newChildren: created.map(toNewChild),
      ...(body.priority ? { priority: toWirePriority(body.priority) } : {}),
    },
    context.call,
  )
  return { masterId, outcomes: [...outcomes, ...unknownOutcomes(named)] }
}

/** The outcome that linking would give if a number could be asked for. */
export const unknownOutcomes = (named: Awaited<ReturnType<typeof ticketIds>>) =>
  named
    .filter(({ id: known }) => known === undefined)
    .map(({ ref }) => ({ ticketId: ref, outcome: 'not-found', linkId: '' }))
