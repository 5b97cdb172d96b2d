import type { Cause } from '../domain/cause.ts'
import { rowsOf, type Unit } from './sql.ts'

/** How far the opening of a master has come; every step may be done again. */
export type Step = 'open' | 'role' | 'children'

/** A master that is being opened: what was chosen before the first remote call, and how far it has come. */
export interface Saga<Plan, Answer> {
  readonly sagaId: string
  readonly actorId: string
  readonly masterId: string
  readonly step: Step
  readonly plan: Plan
  readonly cause: Cause
  readonly answer: Answer | undefined
  readonly failure: Failure | undefined
  readonly digest: Buffer
}

export interface Failure {
  readonly kind: string
  readonly slug: string
  readonly message: string
}

interface Row {
  saga_id: string
  actor_id: string
  master_id: string
  step: Step
  plan: unknown
  cause: Cause
  answer: unknown
  failure: Failure | null
  digest: Buffer
}

const LEASE = '60 s'

/** Stores a new saga, leased to its caller; false where one of this id is there already. */
export async function insertSaga(
  unit: Unit,
  saga: Pick<Saga<object, unknown>, 'sagaId' | 'actorId' | 'masterId' | 'plan' | 'cause'> & { digest: Uint8Array },
): Promise<boolean> {
  const rows = await rowsOf(
    unit,
    `insert into open_master (workspace_id, saga_id, actor_id, digest, master_id, step, plan, cause, due_at)
      values (?, ?, ?, decode(?, 'hex'), ?, 'open', ?::jsonb, ?::jsonb, clock_timestamp() + ?::interval)
      on conflict do nothing returning saga_id`,
    [
      unit.workspaceId,
      saga.sagaId,
      saga.actorId,
      Buffer.from(saga.digest).toString('hex'),
      saga.masterId,
      JSON.stringify(saga.plan),
      JSON.stringify(saga.cause),
      LEASE,
    ],
  )
  return rows.length > 0
}

export async function findSaga<Plan, Answer>(unit: Unit, sagaId: string): Promise<Saga<Plan, Answer> | undefined> {
  const [row] = await rowsOf<Row>(
    unit,
    `select saga_id, actor_id, master_id, step, plan, cause, answer, failure, digest from open_master
      where workspace_id = ? and saga_id = ?`,
    [unit.workspaceId, sagaId],
  )
  return row && toSaga(row)
}

/** Leases an unfinished saga; undefined while somebody else works on it. */
export async function leaseSaga<Plan, Answer>(unit: Unit, sagaId: string): Promise<Saga<Plan, Answer> | undefined> {
  const [row] = await rowsOf<Row>(
    unit,
    `update open_master set leased = true, tries = tries + 1, due_at = clock_timestamp() + ?::interval
      where workspace_id = ? and saga_id = ? and done_at is null and (not leased or due_at <= statement_timestamp())
      returning saga_id, actor_id, master_id, step, plan, cause, answer, failure, digest`,
    [LEASE, unit.workspaceId, sagaId],
  )
  return row && toSaga(row)
}

/** Whoever works on a saga goes on doing so; said before the lease ends, nobody else takes it up meanwhile. */
export async function renewSaga(unit: Unit, sagaId: string): Promise<void> {
  await rowsOf(
    unit,
    `update open_master set due_at = clock_timestamp() + ?::interval
      where workspace_id = ? and saga_id = ? and done_at is null and leased`,
    [LEASE, unit.workspaceId, sagaId],
  )
}

export async function reachStep(unit: Unit, sagaId: string, step: Step): Promise<void> {
  await rowsOf(unit, 'update open_master set step = ? where workspace_id = ? and saga_id = ?', [
    step,
    unit.workspaceId,
    sagaId,
  ])
}

/** The saga is over: with its answer, or with the refusal that ended it. What has ended stays as it ended. */
export async function finishSaga(
  unit: Unit,
  sagaId: string,
  end: { readonly answer: object } | { readonly failure: Failure },
): Promise<void> {
  await rowsOf(
    unit,
    `update open_master set done_at = clock_timestamp(), answer = ?::jsonb, failure = ?::jsonb
      where workspace_id = ? and saga_id = ? and done_at is null`,
    [
      'answer' in end ? JSON.stringify(end.answer) : null,
      'failure' in end ? JSON.stringify(end.failure) : null,
      unit.workspaceId,
      sagaId,
    ],
  )
}

/** Lets go of a saga that could not go on; the background takes it up after a while that doubles up to a minute. */
export async function releaseSaga(unit: Unit, sagaId: string): Promise<void> {
  await rowsOf(
    unit,
    `update open_master set leased = false,
        due_at = clock_timestamp() + least(power(2, least(tries, 10)), 60) * interval '1 s'
      where workspace_id = ? and saga_id = ? and done_at is null`,
    [unit.workspaceId, sagaId],
  )
}

/** Forgets finished sagas whose keys nobody may repeat any more. */
export async function sweepSagas(unit: Unit): Promise<void> {
  await rowsOf(
    unit,
    `delete from open_master where workspace_id = ? and done_at < statement_timestamp() - interval '72 hours'`,
    [unit.workspaceId],
  )
}

const toSaga = <Plan, Answer>(row: Row): Saga<Plan, Answer> => ({
  sagaId: row.saga_id,
  actorId: row.actor_id,
  masterId: row.master_id,
  step: row.step,
  plan: row.plan as Plan, // written by the same command, see insertSaga
  cause: row.cause,
  answer: (row.answer ?? undefined) as Answer | undefined,
  failure: row.failure ?? undefined,
  digest: row.digest,
})
