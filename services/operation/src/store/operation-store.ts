import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { Operation } from '../domain/operation.ts'
import { changeStore } from './change-store.ts'
import { type OperationRow, SELECT_OPERATION, toOperation } from './operation-row.ts'

/** What has to be told about a change of an operation, in the transaction of the change. */
export interface Telling {
  readonly workspaceId: string
  /** As it was before the change. */
  readonly before: Operation
  readonly operation: Operation
  /** 1: it has just been planned. */
  readonly streamVersion: number
  readonly recordedAt: Date
  /** Who or what changed it; empty: the house itself. */
  readonly actorId: string
}
export type Tell = (trx: Transaction, telling: Telling) => Promise<void>

export interface NewOperation {
  readonly operation: Omit<
    Operation,
    'expiresAt' | 'items' | 'notifications' | 'pageDueAt' | 'queuePosition' | 'watchAt' | 'retriesMails'
  >
  readonly items: { readonly total: number; readonly applying: number }
  readonly expiresInHours: number
}

/** The fields that change after planning. */
export type Changes = Partial<
  Pick<
    Operation,
    | 'state'
    | 'epoch'
    | 'startedBy'
    | 'acceptedAt'
    | 'holdEndsAt'
    | 'closedAt'
    | 'finishedAt'
    | 'launchedAt'
    | 'armed'
    | 'attentionAt'
    | 'cancelComplete'
    | 'approvedBy'
    | 'approvedAt'
    | 'rate'
    | 'pageDueAt'
    | 'queuedAt'
    | 'queuePosition'
    | 'watchAt'
    | 'retriesMails'
    | 'pauseReason'
    | 'step'
    | 'waitingUntil'
  >
>

/** Where an operation under its lock stands: as much as pages have to know. */
export interface Held {
  readonly epoch: number
  readonly step: number
}

export interface OperationStore {
  /** The database's clock: what deadlines are judged by. */
  now(): Promise<Date>
  find(operationId: string): Promise<Operation | undefined>
  /** Only the row lock, for whoever reads the row after it has changed what hangs on it; undefined: there is no such row. */
  hold(operationId: string): Promise<Held | undefined>
  /** Under a row lock; whoever changes items, progress or state of an operation holds it. */
  lock(operationId: string): Promise<Operation | undefined>
  insert(operation: NewOperation): Promise<void>
  /** Changes the row without telling anybody: for what is nobody else's business. */
  note(operation: Operation, changes: Changes): Promise<Operation>
  /** Changes the row and tells it: one stream version, one event. The caller holds the lock. */
  save(operation: Operation, changes: Changes, actorId: string): Promise<Operation>
  /** Newest first, below the given id. */
  list(filter: { readonly masterId: string; readonly below: string; readonly limit: number }): Promise<Operation[]>
}

const columns: Record<keyof Changes, string> = {
  state: 'state',
  epoch: 'epoch',
  startedBy: 'started_by',
  acceptedAt: 'accepted_at',
  holdEndsAt: 'hold_ends_at',
  closedAt: 'closed_at',
  finishedAt: 'finished_at',
  launchedAt: 'launched_at',
  armed: 'armed',
  attentionAt: 'attention_at',
  cancelComplete: 'cancel_complete',
  approvedBy: 'approved_by',
  approvedAt: 'approved_at',
  rate: 'rate',
  pageDueAt: 'page_due_at',
  queuedAt: 'queued_at',
  queuePosition: 'queue_position',
  watchAt: 'watch_at',
  retriesMails: 'retries_mails',
  pauseReason: 'pause_reason',
  step: 'step',
  waitingUntil: 'waiting_until',
}

export function operationStore(trx: Transaction, workspaceId: string, tell: Tell): OperationStore {
  const told = changeStore(trx, workspaceId)
  const hold = async (operationId: string) => {
    // primary key
    const held = await row<{ epoch: string; step: number }>(
      trx,
      'select epoch, step from operation where workspace_id = ? and operation_id = ? for update',
      [workspaceId, operationId],
    )
    return held && { epoch: Number(held.epoch), step: held.step }
  }
  const one = async (operationId: string) => {
    // primary key
    const where = 'where o.workspace_id = ? and o.operation_id = ?'
    const found = await row<OperationRow>(trx, `${SELECT_OPERATION} ${where}`, [workspaceId, operationId])
    return found && toOperation(found)
  }
  const update = async (operation: Operation, changes: Changes, versions: 0 | 1) => {
    const names = Object.keys(changes) as (keyof Changes)[]
    const sets = names.map((name) => `, ${columns[name]} = ?`).join('')
    const values = names.map((name) => changes[name] ?? null)
    // primary key
    const updated = await row<{ version: string; progress: string; at: Date }>(
      trx,
      `update operation set stream_version = stream_version + ?, progress_version = progress_version + ?${sets}
        where workspace_id = ? and operation_id = ?
       returning stream_version::text as version, progress_version::text as progress, clock_timestamp() as at`,
      [versions, versions, ...values, workspaceId, operation.id],
    )
    const now = { ...operation, ...changes, progressVersion: Number(updated?.progress) }
    return { now, version: Number(updated?.version), at: updated?.at ?? new Date(0) }
  }
  return {
    async now() {
      const clock = await row<{ now: Date }>(trx, 'select clock_timestamp() as now')
      return clock?.now ?? new Date(0)
    },
    find: one,
    hold,
    async lock(operationId) {
      // the lock first: the row that is read behind it is the one this transaction will change
      const [, locked] = await Promise.all([hold(operationId), one(operationId)])
      return locked
    },
    async insert(operation) {
      await insertOperation(trx, workspaceId, operation)
      await told.raise([operation.operation.id])
    },
    note: async (operation, changes) => (await update(operation, changes, 0)).now,
    async save(operation, changes, actorId) {
      const [{ now, version, at }] = await Promise.all([update(operation, changes, 1), told.keep(operation.id)])
      await tell(trx, {
        workspaceId,
        before: operation,
        operation: now,
        streamVersion: version,
        recordedAt: at,
        actorId,
      })
      return now
    },
    async list({ masterId, below, limit }) {
      // operation_of_master; ids rise with time
      const found = await rows<OperationRow>(
        trx,
        `${SELECT_OPERATION} where o.workspace_id = ? and (? = '' or o.master_id = nullif(?, '')::uuid)
          and (? = '' or o.operation_id < nullif(?, '')::uuid) order by o.operation_id desc limit ?`,
        [workspaceId, masterId, masterId, below, below, limit],
      )
      return found.map(toOperation)
    },
  }
}

async function insertOperation(
  trx: Transaction,
  workspaceId: string,
  { operation, items, expiresInHours }: NewOperation,
) {
  const known = rowOf(operation)
  const names = Object.keys(known)
  await rows(
    trx,
    `insert into operation (workspace_id, operation_id, expires_at, ${names.join(', ')})
     values (?, ?, clock_timestamp() + make_interval(hours => ?), ${names.map(() => '?').join(', ')})`,
    [workspaceId, operation.id, expiresInHours, ...Object.values(known)],
  )
  await rows(
    trx,
    'insert into operation_progress (workspace_id, operation_id, total, pending, skipped) values (?, ?, ?, ?, ?)',
    [workspaceId, operation.id, items.total, items.applying, items.total - items.applying],
  )
  if (operation.text !== '') await insertTexts(trx, workspaceId, operation)
}

/** What is known of an operation when it is planned, by its columns. */
const rowOf = (operation: NewOperation['operation']) => ({
  kind: operation.kind,
  master_id: operation.masterId,
  state: operation.state,
  epoch: operation.epoch,
  plan_hash: operation.planHash,
  hold_seconds: operation.holdSeconds,
  applying: operation.applying,
  hidden: operation.hidden,
  planned_by: operation.plannedBy,
  planned_at: operation.plannedAt,
  change: JSON.stringify(operation.change),
  findings: JSON.stringify(operation.findings),
  override_reason: operation.overrideReason,
  overridden_by: operation.overriddenBy,
  needs_approval: operation.needsApproval,
  rate: operation.rate,
  link_seq: operation.linkSeq,
  lane: operation.lane,
  master_version: operation.masterVersion,
  cause: operation.cause && JSON.stringify(operation.cause),
})

async function insertTexts(trx: Transaction, workspaceId: string, { id, text, variants }: NewOperation['operation']) {
  const texts = [{ locale: '', text }, ...variants]
  await rows(
    trx,
    `insert into operation_text (workspace_id, operation_id, seq, locale, text)
     select ?, ?, at, locale, text from unnest(?::text[], ?::text[]) with ordinality as given (locale, text, at)`,
    [workspaceId, id, texts.map(({ locale }) => locale), texts.map((each) => each.text)],
  )
}
