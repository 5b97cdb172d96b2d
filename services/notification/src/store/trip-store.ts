import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import { streamOfOperation } from '../domain/ending.ts'
import type { Tally } from './hold-store.ts'

/** An operation that was held because too many of its mails failed, with its place in its stream. */
export interface Tripped extends Tally {
  readonly workspaceId: string
  readonly operationId: string
  readonly version: number
  readonly at: Date
}

/** Says it to the world, in the transaction that holds it. */
export type TellTripped = (trx: Transaction, tripped: Tripped) => Promise<void>

export interface TripStore {
  say(operationId: string, tally: Tally): Promise<void>
}

export const tripStore = (trx: Transaction, workspaceId: string, tell: TellTripped): TripStore => ({
  async say(operationId, tally) {
    const [place] = await rows<{ version: string; at: Date }>(
      trx,
      `insert into stream as s (workspace_id, stream_key, version) values (?, ?, 1)
           on conflict (workspace_id, stream_key) do update set version = s.version + 1
       returning version, clock_timestamp() as at`,
      [workspaceId, streamOfOperation(operationId)],
    )
    if (place === undefined) throw new Error('a stream was not advanced')
    await tell(trx, { ...tally, workspaceId, operationId, version: Number(place.version), at: place.at })
  },
})
