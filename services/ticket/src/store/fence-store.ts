import type { Transaction } from '@umbel/messaging'
import { row, rows, touched } from './sql.ts'

export interface Fence {
  readonly epoch: bigint
  readonly halted: boolean
}

export interface EffectKey {
  readonly operationId: string
  readonly step: number
}

/** What was stored of one child: `failed` never is, so that a failed item can run again. */
export interface Effect {
  readonly ticketId: string
  readonly outcome: 'applied' | 'skipped'
  readonly reason: string
  readonly version: number
  readonly notifies: boolean
}

export interface FenceStore {
  /** The fence under a share lock: a halt waits for the end of this transaction. */
  share(operationId: string): Promise<Fence | undefined>
  /** Raises the fence, never over one that stands. */
  raise(operationId: string, epoch: bigint): Promise<{ readonly raised: boolean; readonly fence: Fence }>
  /** Moves the fence, only upwards: a late retry changes nothing. Waits for the pages in flight. */
  move(operationId: string, fence: Fence): Promise<void>
  effectsOf(key: EffectKey, ticketIds: readonly string[]): Promise<ReadonlyMap<string, Effect>>
  storeEffects(key: EffectKey, effects: readonly Effect[]): Promise<void>
  count(operationId: string): Promise<{ readonly applied: number; readonly skipped: number }>
  storeBody(bodyId: string, text: string): Promise<void>
}

interface FenceRow {
  readonly epoch: string
  readonly halted: boolean
}
const toFence = ({ epoch, halted }: FenceRow): Fence => ({ epoch: BigInt(epoch), halted })

export function fenceStore(trx: Transaction, workspaceId: string): FenceStore {
  // primary key
  const find = async (operationId: string, lock: string) => {
    const found = await row<FenceRow>(
      trx,
      `select epoch, halted from operation_fence where workspace_id = ? and operation_id = ? ${lock}`,
      [workspaceId, operationId],
    )
    return found && toFence(found)
  }
  return {
    share: (operationId) => find(operationId, 'for share'),
    async raise(operationId, epoch) {
      const inserted = await touched(
        trx,
        `insert into operation_fence (workspace_id, operation_id, epoch, halted) values (?, ?, ?::bigint, false)
         on conflict do nothing`,
        [workspaceId, operationId, epoch.toString()],
      )
      const fence = await find(operationId, '')
      return { raised: inserted > 0, fence: fence ?? { epoch, halted: false } }
    },
    async move(operationId, { epoch, halted }) {
      await touched(
        trx,
        `insert into operation_fence as f (workspace_id, operation_id, epoch, halted) values (?, ?, ?::bigint, ?)
         on conflict (workspace_id, operation_id)
         do update set epoch = excluded.epoch, halted = excluded.halted where f.epoch < excluded.epoch`,
        [workspaceId, operationId, epoch.toString(), halted],
      )
    },
    effectsOf: (key, ticketIds) => effectsOf(trx, workspaceId, key, ticketIds),
    storeEffects: (key, effects) => storeEffects(trx, workspaceId, key, effects),
    count: (operationId) => countEffects(trx, workspaceId, operationId),
    async storeBody(bodyId, text) {
      await touched(
        trx,
        'insert into body (workspace_id, body_id, text) values (?, ?, ?) on conflict (workspace_id, body_id) do nothing',
        [workspaceId, bodyId, text],
      )
    },
  }
}

interface EffectRow {
  readonly ticket_id: string
  readonly outcome: 'applied' | 'skipped'
  readonly reason: string
  readonly version: string
  readonly notifies: boolean
}

// primary key
async function effectsOf(trx: Transaction, workspaceId: string, key: EffectKey, ticketIds: readonly string[]) {
  const stored = await rows<EffectRow>(
    trx,
    `select ticket_id, outcome, reason, version, notifies from operation_effect
     where workspace_id = ? and operation_id = ? and step = ? and ticket_id = any(?::uuid[])`,
    [workspaceId, key.operationId, key.step, ticketIds],
  )
  return new Map(
    stored.map(({ ticket_id: ticketId, version, ...rest }) => [
      ticketId,
      { ...rest, ticketId, version: Number(version) },
    ]),
  )
}

async function storeEffects(
  trx: Transaction,
  workspaceId: string,
  { operationId, step }: EffectKey,
  effects: readonly Effect[],
): Promise<void> {
  if (effects.length === 0) return
  await touched(
    trx,
    `insert into operation_effect (workspace_id, operation_id, step, ticket_id, outcome, reason, version, notifies)
     select ?::uuid, ?::uuid, ?::int, * from unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::boolean[])
     on conflict do nothing`, // unknown tickets have no row whose lock would keep two calls apart
    [
      workspaceId,
      operationId,
      step,
      effects.map(({ ticketId }) => ticketId),
      effects.map(({ outcome }) => outcome),
      effects.map(({ reason }) => reason),
      effects.map(({ version }) => version),
      effects.map(({ notifies }) => notifies),
    ],
  )
}

async function countEffects(trx: Transaction, workspaceId: string, operationId: string) {
  const counted = await row<{ applied: string; skipped: string }>(
    trx,
    `select count(*) filter (where outcome = 'applied') as applied,
       count(*) filter (where outcome = 'skipped') as skipped
     from operation_effect where workspace_id = ? and operation_id = ?`,
    [workspaceId, operationId],
  )
  return { applied: Number(counted?.applied ?? 0), skipped: Number(counted?.skipped ?? 0) }
}
