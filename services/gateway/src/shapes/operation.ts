import type { Item, Operation, Progress } from '@umbel/contracts'
import { z } from 'zod'
import { count, id, instant, iso, orNull } from './common.ts'

const progressNames = [
  'total',
  'pending',
  'applied',
  'skipped',
  'failed',
  'cancelled',
  'notificationsOwed',
  'sent',
  'notSentSkipped',
  'withheld',
  'suppressed',
  'sendFailed',
  'unknown',
] as const satisfies readonly (keyof Progress)[]
type ProgressName = (typeof progressNames)[number]

const progressShape = z.object(
  Object.fromEntries(progressNames.map((name) => [name, count])) as Record<ProgressName, typeof count>,
)

export const operationShape = z.object({
  id,
  kind: z.string(),
  masterId: id,
  state: z.string().describe('planned, holding, running, paused, cancelled, finished or expired'),
  planHash: z.string(),
  text: z.string(),
  holdSeconds: count,
  epoch: count,
  progress: progressShape,
  plannedBy: z.string().nullable(),
  startedBy: z.string().nullable(),
  plannedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  acceptedAt: instant.nullable(),
  holdEndsAt: instant.nullable(),
  closedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  workflowId: z.string().nullable(),
})

export const itemShape = z.object({
  seq: count,
  ticketId: id,
  ticketNumber: count,
  state: z.string().describe('planned, applied, skipped or failed'),
  reason: z.string().nullable(),
  before: z.string(),
  after: z.string(),
  version: count,
  notification: z.string().nullable().describe('null where none is owed'),
  notificationReason: z.string().nullable(),
})

const toProgress = (progress: Progress | undefined): z.output<typeof progressShape> =>
  Object.fromEntries(progressNames.map((name) => [name, Number(progress?.[name] ?? 0n)])) as Record<
    ProgressName,
    number
  >

export function toOperation(operation: Operation | undefined): z.output<typeof operationShape> {
  if (operation === undefined) throw new TypeError('the operation service answered without an operation')
  return {
    id: operation.id,
    kind: operation.kind,
    masterId: operation.masterId,
    state: operation.state,
    planHash: operation.planHash,
    text: operation.text,
    holdSeconds: operation.holdSeconds,
    epoch: Number(operation.epoch),
    progress: toProgress(operation.progress),
    plannedBy: orNull(operation.plannedBy),
    startedBy: orNull(operation.startedBy),
    plannedAt: iso(operation.plannedAt),
    expiresAt: iso(operation.expiresAt),
    acceptedAt: iso(operation.acceptedAt),
    holdEndsAt: iso(operation.holdEndsAt),
    closedAt: iso(operation.closedAt),
    finishedAt: iso(operation.finishedAt),
    workflowId: orNull(operation.workflowId),
  }
}

export const toItem = (item: Item): z.output<typeof itemShape> => ({
  seq: Number(item.seq),
  ticketId: item.ticketId,
  ticketNumber: Number(item.ticketNumber),
  state: item.state,
  reason: orNull(item.reason),
  before: item.before,
  after: item.after,
  version: Number(item.version),
  notification: orNull(item.notification),
  notificationReason: orNull(item.notificationReason),
})
