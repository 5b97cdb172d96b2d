import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import { afterFailure, type Trouble } from '../domain/destination.ts'

export interface DestinationStore {
  /**
   * Those of these destinations that have failed lately, and for how long to leave each alone. When a rest is over, the
   * first who asks may try with one mail; for others the rest goes on until that has its result.
   */
  troubled(names: readonly string[]): Promise<ReadonlyMap<string, Rest>>
  failed(name: string): Promise<void>
  /** A destination that answers has no trouble any more. */
  answered(names: readonly string[]): Promise<void>
  /** The one mail that was to try has said nothing about it: the next may, in a moment. */
  giveBack(names: readonly string[]): Promise<void>
}

export interface Rest {
  readonly ms: number
  /** One mail may go, and no more. */
  readonly probe: boolean
}

/** Longer than any server takes over one mail; whoever let the probe through may have died. */
const PROBE_MS = 60_000

/** While a probe is under way, and after one that told nothing: what held it back may hold back the next as well. */
const ASK_AGAIN_MS = 1_000

interface TroubleRow {
  readonly name: string
  readonly failures: number
  readonly rest_ms: number
  readonly probing: boolean
  readonly left_ms: number
}

export function destinationStore(trx: Transaction, workspaceId: string): DestinationStore {
  const find = (names: readonly string[]) =>
    rows<TroubleRow>(
      trx,
      `select name, failures, rest_ms, probing,
         greatest(0, extract(epoch from rests_until - clock_timestamp()) * 1000)::int as left_ms
         from destination where workspace_id = ? and name = any(?::text[]) order by name for update`,
      [workspaceId, names],
    )
  const write = (name: string, { failures, restMs, probing }: Trouble, ms: number) =>
    touched(
      trx,
      `insert into destination (workspace_id, name, failures, rest_ms, rests_until, probing)
       values (?, ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond', ?)
           on conflict (workspace_id, name) do update set failures = excluded.failures, rest_ms = excluded.rest_ms,
              rests_until = excluded.rests_until, probing = excluded.probing`,
      [workspaceId, name, failures, restMs, ms, probing],
    )
  return {
    async troubled(names) {
      const found = await find(names)
      const probes = found.filter(({ rest_ms, left_ms }) => rest_ms > 0 && left_ms === 0)
      for (const { name, failures, rest_ms } of probes)
        await write(name, { failures, restMs: rest_ms, probing: true }, PROBE_MS)
      return new Map(
        found.map((row) => [row.name, { ms: row.probing ? ASK_AGAIN_MS : row.left_ms, probe: probes.includes(row) }]),
      )
    },
    async failed(name) {
      const [row] = await find([name])
      const before = { failures: row?.failures ?? 0, restMs: row?.rest_ms ?? 0, probing: row?.probing ?? false }
      const after = afterFailure(before)
      const rests = after.restMs > 0 && (before.restMs === 0 || before.probing)
      await write(name, after, rests ? after.restMs : (row?.left_ms ?? 0))
    },
    async answered(names) {
      await touched(trx, 'delete from destination where workspace_id = ? and name = any(?::text[])', [
        workspaceId,
        names,
      ])
    },
    async giveBack(names) {
      await touched(
        trx,
        `update destination set probing = false, rests_until = clock_timestamp() + ? * interval '1 millisecond'
          where workspace_id = ? and name = any(array(
            select name from destination where workspace_id = ? and name = any(?::text[]) and probing
             order by name for update))`,
        [ASK_AGAIN_MS, workspaceId, workspaceId, names],
      )
    },
  }
}
