import {
  type Change,
  type Finding,
  noChange,
  type Operation,
  type OperationCause,
  type OperationKind,
  type OperationState,
  type TextVariant,
} from '../domain/operation.ts'

/** Counters come as int, epoch as a bigint's text, times as Date. */
export interface OperationRow {
  readonly operation_id: string
  readonly kind: OperationKind
  readonly master_id: string
  readonly state: OperationState
  readonly epoch: string
  readonly plan_hash: string
  /** Oldest first: the operation's text, then its variants. */
  readonly texts: readonly TextVariant[]
  readonly change: Partial<Change>
  readonly findings: readonly Finding[]
  readonly override_reason: string
  readonly overridden_by: string
  readonly needs_approval: boolean
  readonly approved_by: string
  readonly approved_at: Date | null
  readonly rate: number
  readonly page_due_at: Date | null
  readonly queued_at: Date | null
  readonly queue_position: number
  readonly pause_reason: string
  readonly progress_version: string
  readonly link_seq: string
  readonly step: number
  readonly waiting_until: Date | null
  readonly lane: Operation['lane']
  readonly master_version: string
  readonly cause: OperationCause | null
  readonly hold_seconds: number
  readonly applying: number
  readonly hidden: number
  readonly planned_by: string
  readonly started_by: string
  readonly planned_at: Date
  readonly expires_at: Date
  readonly accepted_at: Date | null
  readonly hold_ends_at: Date | null
  readonly closed_at: Date | null
  readonly finished_at: Date | null
  readonly launched_at: Date | null
  readonly armed: boolean
  readonly attention_at: Date | null
  readonly watch_at: Date | null
  readonly retries_mails: boolean
  readonly cancel_complete: boolean
  readonly total: number
  readonly pending: number
  readonly applied: number
  readonly skipped: number
  readonly failed: number
  readonly cancelled: number
  readonly n_pending: number
  readonly n_sent: number
  readonly n_skipped: number
  readonly n_withheld: number
  readonly n_suppressed: number
  readonly n_failed: number
  readonly n_unknown: number
}

/** A plan that nobody started in time reads as expired, whether or not the sweep has been there. */
export const OPERATION_COLUMNS = `
         o.*, p.*,
         coalesce((select jsonb_agg(jsonb_build_object('locale', t.locale, 'text', t.text) order by t.seq)
                     from operation_text t
                    where t.workspace_id = o.workspace_id and t.operation_id = o.operation_id), '[]') as texts,
         case when o.state = 'planned' and o.expires_at <= clock_timestamp() then 'expired' else o.state end as state`

export const SELECT_OPERATION = `
  select ${OPERATION_COLUMNS}
    from operation o
    join operation_progress p using (workspace_id, operation_id)`

export const toOperation = (row: OperationRow): Operation => ({
  id: row.operation_id,
  kind: row.kind,
  masterId: row.master_id,
  state: row.state,
  epoch: Number(row.epoch),
  planHash: row.plan_hash,
  text: row.texts[0]?.text ?? '',
  variants: row.texts.slice(1),
  change: { ...noChange, ...row.change },
  findings: row.findings,
  overrideReason: row.override_reason,
  overriddenBy: row.overridden_by,
  needsApproval: row.needs_approval,
  approvedBy: row.approved_by,
  approvedAt: row.approved_at,
  rate: row.rate,
  pageDueAt: row.page_due_at,
  queuedAt: row.queued_at,
  queuePosition: row.queue_position,
  pauseReason: row.pause_reason,
  progressVersion: Number(row.progress_version),
  linkSeq: Number(row.link_seq),
  step: row.step,
  waitingUntil: row.waiting_until,
  lane: row.lane,
  masterVersion: Number(row.master_version),
  cause: row.cause,
  holdSeconds: row.hold_seconds,
  applying: row.applying,
  hidden: row.hidden,
  plannedBy: row.planned_by,
  startedBy: row.started_by,
  plannedAt: row.planned_at,
  expiresAt: row.expires_at,
  acceptedAt: row.accepted_at,
  holdEndsAt: row.hold_ends_at,
  closedAt: row.closed_at,
  finishedAt: row.finished_at,
  launchedAt: row.launched_at,
  armed: row.armed,
  attentionAt: row.attention_at,
  watchAt: row.watch_at,
  retriesMails: row.retries_mails,
  cancelComplete: row.cancel_complete,
  items: {
    total: row.total,
    pending: row.pending,
    applied: row.applied,
    skipped: row.skipped,
    failed: row.failed,
    cancelled: row.cancelled,
  },
  notifications: {
    pending: row.n_pending,
    sent: row.n_sent,
    skipped: row.n_skipped,
    withheld: row.n_withheld,
    suppressed: row.n_suppressed,
    failed: row.n_failed,
    unknown: row.n_unknown,
  },
})
