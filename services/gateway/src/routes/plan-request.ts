import type { MessageInitShape } from '@bufbuild/protobuf'
import { type ChangeSchema, type TargetSchema, toWirePriority, toWireStatus } from '@umbel/contracts'
import { invalid, notFound } from '@umbel/kernel'
import { z } from 'zod'
import type { Context } from '../http/route.ts'
import { id, priority, status, ticketRef } from '../shapes/common.ts'
import { type Named, ticketIds } from './refs.ts'

const MOST_CHILDREN = 100_000
const label = z.string().min(1).max(255)
const labels = z.array(label).min(1).max(100)

/** One value or several of them. */
const any = <S extends z.ZodType<unknown, string>>(item: S) =>
  z.union([item, z.array(item).min(1).max(100)]).transform((given) => [given].flat() as z.output<S>[])

const filter = z
  .strictObject({
    status: any(status).optional(),
    label: any(label).optional(),
    customer: any(id).optional(),
    project: any(id).optional(),
    sla: any(z.enum(['ok', 'at_risk', 'breached'])).optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'a filter names at least one field')

const target = z.union([z.literal('all'), z.strictObject({ ids: z.array(ticketRef) }), z.strictObject({ filter })])
export type TargetJson = z.output<typeof target>

/** What can be planned; which fields a kind takes, the operation service says. How long a text may be, too. */
export const planRequest = z.strictObject({
  kind: z.enum(['set_status', 'assign', 'labels', 'set_priority', 'close', 'broadcast', 'note', 'catch_up']),
  target: target.optional().describe('absent: all children'),
  text: z.string().optional().describe('may hold variables of the receiving child: {{requester.first_name | there}}'),
  variants: z
    .array(z.strictObject({ locale: z.string().min(1).max(35), text: z.string() }))
    .max(50)
    .optional()
    .describe('the text for requesters of these languages'),
  status: status.optional(),
  priority: priority.optional(),
  assignee: id.nullable().optional().describe('null: takes the agent away'),
  group: id.nullable().optional().describe('null: takes the group away'),
  addLabels: labels.optional(),
  removeLabels: labels.optional(),
  includeReplied: z.boolean().optional().describe('close: also children whose customer waits for an answer'),
  confirmToCloseDays: z.number().int().min(1).max(90).optional().describe('close: ask first, solve after silence'),
  missed: z.enum(['last', 'all']).optional().describe('catch_up: which of the broadcasts that a child missed'),
  holdSeconds: z.number().int().min(0).max(86_400).optional(),
  rate: z.number().int().min(0).max(100_000).optional().describe('children a minute; 0: as fast as it goes'),
  overrideReason: z.string().min(1).max(500).optional().describe('why blocking findings do not hold; it is recorded'),
  start: z.boolean().optional().describe('start at once where that is allowed, else plan-first'),
})
export type PlanJson = z.output<typeof planRequest>

export const toWireChange = (body: PlanJson): MessageInitShape<typeof ChangeSchema> => ({
  addLabels: body.addLabels ?? [],
  removeLabels: body.removeLabels ?? [],
  includeReplied: body.includeReplied ?? false,
  confirmToCloseDays: body.confirmToCloseDays ?? 0,
  missed: body.missed ?? '',
  ...(body.status ? { status: toWireStatus(body.status) } : {}),
  ...(body.priority ? { priority: toWirePriority(body.priority) } : {}),
  ...(body.assignee === undefined ? {} : { assigneeId: body.assignee ?? '' }),
  ...(body.group === undefined ? {} : { groupId: body.group ?? '' }),
})

export async function toWireTarget(
  context: Context,
  wanted: TargetJson = 'all',
): Promise<MessageInitShape<typeof TargetSchema>> {
  if (wanted === 'all') return { target: { case: 'all', value: {} } }
  if ('filter' in wanted) return { target: { case: 'filter', value: toWireFilter(wanted.filter) } }
  if (wanted.ids.length === 0) throw invalid('target-empty', 'no child is named', { field: 'target.ids' })
  if (wanted.ids.length > MOST_CHILDREN)
    throw invalid('target-too-large', `an operation has at most ${MOST_CHILDREN} children`, { field: 'target.ids' })
  const named = await ticketIds(context, wanted.ids)
  return { target: { case: 'chosen', value: { ticketIds: named.map(knownId) } } }
}

/** An id that is nobody's is planned and skipped as `not-found`; behind such a number there is no id to plan. */
function knownId({ id: known, ref }: Named, at: number): string {
  if (known !== undefined) return known
  throw notFound('not-found', `there is no ticket ${ref} here`, { field: `target.ids[${at}]` })
}

const toWireFilter = (given: z.output<typeof filter>) => ({
  statuses: (given.status ?? []).map(toWireStatus),
  labels: given.label ?? [],
  customerIds: given.customer ?? [],
  projectIds: given.project ?? [],
  slaStates: given.sla ?? [],
})
