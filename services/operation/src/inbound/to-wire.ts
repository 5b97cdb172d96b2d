import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { FindingSchema, ItemSchema, OperationSchema, ProgressSchema } from '@umbel/contracts'
import { operationWorkflowId } from '@umbel/workflows/client'
import { findingsForOthers } from '../domain/findings.ts'
import type { Finding, Item, Operation } from '../domain/operation.ts'
import { toWireChange } from './wire-change.ts'

const time = (at: Date | null) => (at === null ? undefined : timestampFromDate(at))

/** `findings`: as somebody sees them who may not see every child, unless others are given. */
export const toWireOperation = (
  workspaceId: string,
  operation: Operation,
  findings: readonly Finding[] = findingsForOthers(operation.findings),
): MessageInitShape<typeof OperationSchema> => ({
  id: operation.id,
  kind: operation.kind,
  masterId: operation.masterId,
  state: operation.state,
  planHash: operation.planHash,
  text: operation.text,
  holdSeconds: operation.holdSeconds,
  epoch: BigInt(operation.epoch),
  progress: toWireProgress(operation),
  plannedBy: operation.plannedBy,
  startedBy: operation.startedBy,
  plannedAt: time(operation.plannedAt),
  expiresAt: time(operation.expiresAt),
  acceptedAt: time(operation.acceptedAt),
  holdEndsAt: time(operation.holdEndsAt),
  closedAt: time(operation.closedAt),
  finishedAt: time(operation.finishedAt),
  change: toWireChange(operation.change),
  variants: operation.variants.map(({ locale, text }) => ({ locale, text })),
  findings: findings.map(toWireFinding),
  overrideReason: operation.overrideReason,
  needsApproval: operation.needsApproval,
  approvedBy: operation.approvedBy,
  rate: operation.rate,
  queuePosition: operation.queuePosition,
  pauseReason: operation.pauseReason,
  progressVersion: BigInt(operation.progressVersion),
  applying: BigInt(operation.applying),
  hidden: BigInt(operation.hidden),
  workflowId: operation.acceptedAt === null ? '' : operationWorkflowId({ workspaceId, operationId: operation.id }),
})

const toWireFinding = (finding: Finding): MessageInitShape<typeof FindingSchema> => ({
  ...finding,
  ticketNumbers: finding.ticketNumbers.map(BigInt),
})

function toWireProgress({ items, notifications }: Operation): MessageInitShape<typeof ProgressSchema> {
  const owed = Object.values(notifications).reduce((sum, count) => sum + count, 0)
  return {
    total: BigInt(items.total),
    pending: BigInt(items.pending),
    applied: BigInt(items.applied),
    skipped: BigInt(items.skipped),
    failed: BigInt(items.failed),
    cancelled: BigInt(items.cancelled),
    notificationsOwed: BigInt(owed),
    sent: BigInt(notifications.sent),
    notSentSkipped: BigInt(notifications.skipped),
    withheld: BigInt(notifications.withheld),
    suppressed: BigInt(notifications.suppressed),
    sendFailed: BigInt(notifications.failed),
    unknown: BigInt(notifications.unknown),
  }
}

export const toWireItem = (item: Item): MessageInitShape<typeof ItemSchema> => ({
  seq: BigInt(item.seq),
  ticketId: item.ticketId,
  ticketNumber: BigInt(item.ticketNumber),
  state: item.state,
  reason: item.reason,
  before: item.before,
  after: item.after,
  version: BigInt(item.version),
  moved: item.moved,
  notification: item.notification,
  notificationReason: item.notificationReason,
})
