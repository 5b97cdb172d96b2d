import type { Item, Operation, Progress } from '@umbel/contracts'
import { z } from 'zod'
import { changeShape, toChange } from './change.ts'
import { count, id, instant, iso, orNull } from './common.ts'
import { findingShape, toFinding } from './finding.ts'

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
  state: z.string().describe('planned, queued, holding, running, paused, waiting, cancelled, finished or expired'),
  planHash: z.string(),
  text: z.string(),
  variants: z.array(z.object({ locale: z.string(), text: z.string() })),
  change: changeShape,
  applying: count.describe('how many children were planned to be changed'),
  hidden: count.describe('how many the planner may not see'),
  findings: z.array(findingShape),
  overrideReason: z.string().nullable(),
  needsApproval: z.boolean().describe('a second person has to approve the hash before the start'),
  approvedBy: z.string().nullable(),
  rate: count.describe('children a minute; 0: as fast as it goes'),
  queuePosition: count.nullable().describe('1 is next; null: it does not wait for others'),
  pauseReason: z.string().nullable().describe('where nobody pressed the button: breaker'),
  progressVersion: count.describe('rises with every change of state or progress'),
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
  moved: z.boolean().describe('it had changed since the plan and was decided anew'),
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
    variants: operation.variants.map(({ locale, text }) => ({ locale, text })),
    change: toChange(operation.change),
    applying: Number(operation.applying),
    hidden: Number(operation.hidden),
    findings: operation.findings.map(toFinding),
    overrideReason: orNull(operation.overrideReason),
    needsApproval: operation.needsApproval,
    approvedBy: orNull(operation.approvedBy),
    rate: operation.rate,
    queuePosition: operation.queuePosition || null,
    pauseReason: orNull(operation.pauseReason),
    progressVersion: Number(operation.progressVersion),
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
  moved: item.moved,
  notification: orNull(item.notification),
  notificationReason: orNull(item.notificationReason),
})
