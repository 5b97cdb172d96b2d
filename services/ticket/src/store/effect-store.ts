import { bigintArray, booleanArray, jsonbArray, type Transaction, textArray, uuidArray } from '@umbel/messaging'
import { row, rows, touched } from '@umbel/service-kit/store'
import type { Found } from '../domain/found.ts'
import { afterStep, type EarlierEffect, type EarlierSteps } from '../domain/item-effect.ts'

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
  /** The child had changed since the plan saw it. */
  readonly moved: boolean
  /** The changed fields, in words. */
  readonly before: string
  readonly after: string
  readonly requesterId: string | null
  /** What the variables of the child's text had; null: it was no template. Kept on the comment. */
  readonly values: Readonly<Record<string, string>> | null
}

/** With what an undo puts back. */
export interface NewEffect extends Effect {
  readonly found: Found | null
}

export interface EffectStore {
  of(key: EffectKey, ticketIds: readonly string[]): Promise<ReadonlyMap<string, Effect>>
  /** What these steps did to those children that they changed. */
  applied(steps: EarlierSteps, ticketIds: readonly string[]): Promise<ReadonlyMap<string, EarlierEffect>>
  store(key: EffectKey, effects: readonly NewEffect[]): Promise<void>
  count(operationId: string): Promise<{ readonly applied: number; readonly skipped: number }>
  storeBodies(bodies: readonly { readonly bodyId: string; readonly text: string }[]): Promise<void>
}

interface EffectRow {
  readonly ticket_id: string
  readonly outcome: 'applied' | 'skipped'
  readonly reason: string
  readonly version: string
  readonly notifies: boolean
  readonly moved: boolean
  readonly before: string
  readonly after: string
  readonly requester_id: string | null
  readonly values: Record<string, string> | null
}

export function effectStore(trx: Transaction, workspaceId: string): EffectStore {
  return {
    // primary key; comment_by_version
    async of({ operationId, step }, ticketIds) {
      const stored = await rows<EffectRow>(
        trx,
        `select ticket_id, outcome, reason, version, notifies, moved, before, after, requester_id,
           (select c.values from comment c where e.outcome = 'applied' and c.workspace_id = e.workspace_id
              and c.ticket_id = e.ticket_id and c.version = e.version) as values
         from operation_effect e
         where workspace_id = ? and operation_id = ? and step = ? and ticket_id = any(?::uuid[])`,
        [workspaceId, operationId, step, uuidArray(ticketIds)],
      )
      return new Map(stored.map((effect) => [effect.ticket_id, toEffect(effect)]))
    },
    // primary key
    async applied({ operationId, first, last }, ticketIds) {
      const stored = await rows<{ ticket_id: string; version: string; found: Found | null }>(
        trx,
        `select ticket_id, version, found from operation_effect
         where workspace_id = ? and operation_id = ? and step between ? and ? and ticket_id = any(?::uuid[])
           and outcome = 'applied' order by step`,
        [workspaceId, operationId, first, last, uuidArray(ticketIds)],
      )
      const effects = new Map<string, EarlierEffect>()
      for (const { ticket_id: id, version, found } of stored)
        effects.set(id, afterStep(effects.get(id), { version: Number(version), found }))
      return effects
    },
    store: (key, effects) => storeEffects(trx, workspaceId, key, effects),
    async count(operationId) {
      const counted = await row<{ applied: string; skipped: string }>(
        trx,
        `select count(*) filter (where outcome = 'applied') as applied,
           count(*) filter (where outcome = 'skipped') as skipped
         from operation_effect where workspace_id = ? and operation_id = ?`,
        [workspaceId, operationId],
      )
      return { applied: Number(counted?.applied ?? 0), skipped: Number(counted?.skipped ?? 0) }
    },
    async storeBodies(bodies) {
      if (bodies.length === 0) return
      await touched(
        trx,
        `insert into body (workspace_id, body_id, text)
         select ?::uuid, * from unnest(?::uuid[], ?::text[]) on conflict (workspace_id, body_id) do nothing`,
        [workspaceId, uuidArray(bodies.map(({ bodyId }) => bodyId)), textArray(bodies.map(({ text }) => text))],
      )
    },
  }
}

const toEffect = ({ ticket_id: ticketId, requester_id: requesterId, version, ...rest }: EffectRow): Effect => ({
  ...rest,
  ticketId,
  requesterId,
  version: Number(version),
})

async function storeEffects(
  trx: Transaction,
  workspaceId: string,
  { operationId, step }: EffectKey,
  effects: readonly NewEffect[],
): Promise<void> {
  if (effects.length === 0) return
  await touched(
    trx,
    `insert into operation_effect (workspace_id, operation_id, step, ticket_id, outcome, reason, version, notifies,
       moved, before, after, requester_id, found)
     select ?::uuid, ?::uuid, ?::int, * from unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::boolean[],
       ?::boolean[], ?::text[], ?::text[], ?::uuid[], ?::jsonb[])
     on conflict do nothing`, // unknown tickets have no row whose lock would keep two calls apart
    [
      workspaceId,
      operationId,
      step,
      uuidArray(effects.map(({ ticketId }) => ticketId)),
      textArray(effects.map(({ outcome }) => outcome)),
      textArray(effects.map(({ reason }) => reason)),
      bigintArray(effects.map(({ version }) => version)),
      booleanArray(effects.map(({ notifies }) => notifies)),
      booleanArray(effects.map(({ moved }) => moved)),
      textArray(effects.map(({ before }) => before)),
      textArray(effects.map(({ after }) => after)),
      uuidArray(effects.map(({ requesterId }) => requesterId)),
      jsonbArray(effects.map(({ found }) => found && JSON.stringify(found))),
    ],
  )
}
