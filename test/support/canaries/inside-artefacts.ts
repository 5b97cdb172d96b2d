import { historyPayloads } from '@umbel/test-kit'
import type { Artefact } from '../oracle.ts'
import type { World } from '../world.ts'
import type { Played } from './story.ts'

/** Every line that any process has logged: no word of anybody belongs there. */
export const logArtefacts = (world: World): Artefact[] =>
  [...world.processes.pids().values()].flatMap((name) =>
    world.processes
      .log(name)
      .split('\n')
      .map((bytes, at): Artefact => ({ channel: 'log', what: `${name}:${at + 1}`, scope: [], bytes })),
  )

/** Everything that Temporal keeps of the operations: ids and counts, no words. */
export async function payloadArtefacts(played: readonly Played[]): Promise<Artefact[]> {
  const ids = played.flatMap(({ workspace, operationIds }) =>
    operationIds.map((operationId) => `operation/${workspace.id}/${operationId}`),
  )
  const payloads = await historyPayloads(ids)
  return payloads.map(({ where, bytes }) => ({ channel: 'payload', what: where, scope: [], bytes }))
}
