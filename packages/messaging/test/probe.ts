import { create, toBinary } from '@bufbuild/protobuf'
import { type RollupChanged, RollupChangedSchema, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Knex } from 'knex'
import { type CloudEvent, dataOf, encodeEvent, type Message, type Scope, type StreamHandler } from '../src/index.ts'

export const probeTopic = topics.linking.events
export const probeName = 'linking.on-probe'
export const quiet = { warn: () => {}, error: () => {} }

/** Called for each event before its effect; throws what a test wants. */
export type Trouble = (event: RollupChanged) => void

/** Writes one row for each event it handles. */
export const probeHandler = (trouble: Trouble = () => {}): StreamHandler<RollupChanged> => ({
  decode: readProbe,
  streamKey: (event) => `rollups:${event.masterId}`,
  version: (event) => Number(event.streamVersion),
  handle: writeEffects(trouble),
})

export const readProbe = (event: CloudEvent): RollupChanged => dataOf(RollupChangedSchema, event)

export const writeEffects =
  (trouble: Trouble) =>
  async ({ workspaceId, trx }: Required<Scope>, events: readonly RollupChanged[]): Promise<void> => {
    for (const event of events) {
      trouble(event)
      const text = `${event.masterId}/${event.streamVersion}`
      await trx.raw('insert into effect (workspace_id, text) values (?, ?)', [workspaceId, text])
    }
  }

export function probeMessage(workspaceId: string, masterId: string, version: number, id = newId()): Message {
  const data = create(RollupChangedSchema, { workspaceId, masterId, streamVersion: BigInt(version) })
  return encodeEvent(probeTopic.name, `${workspaceId}:${masterId}`, {
    id,
    source: '/umbel/linking',
    type: 'umbel.linking.events.v1.RollupChanged',
    subject: masterId,
    time: '2026-01-10T09:00:00Z',
    workspace: workspaceId,
    sequence: String(version),
    data: toBinary(RollupChangedSchema, data),
  })
}

/** What the handlers wrote for a workspace, in the order they wrote it. */
export async function effectsOf(knex: Knex, workspaceId: string): Promise<string[]> {
  const rows = await knex<{ text: string }>('effect').where('workspace_id', workspaceId).orderBy('at').select('text')
  return rows.map(({ text }) => text)
}
