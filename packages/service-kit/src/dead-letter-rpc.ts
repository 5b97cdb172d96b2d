import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { DeadLetterService } from '@umbel/contracts'
import { authorize, invalid, pageSize as sizeOf } from '@umbel/kernel'
import type { DeadLetter, DeadLetters } from '@umbel/messaging'
import type { Call, Handlers } from '@umbel/rpc'
import type { ActorOf } from './actors.ts'

/** What operators may call too, as `serveRpc` names methods. */
export const deadLetterMethods: readonly string[] = DeadLetterService.methods.map(
  ({ name }) => `${DeadLetterService.typeName}/${name}`,
)

/** The dead letters of a service over gRPC; admins of the workspace and operators only. */
export function deadLetterRpc(letters: DeadLetters, actorOf: ActorOf): Handlers<typeof DeadLetterService> {
  const admit = async (call: Call, workspaceId: string): Promise<string> => {
    const actor = await actorOf(call, workspaceId)
    authorize(actor, 'manage-dead-letters')
    return actor.id
  }
  const shown = async (workspaceId: string, id: string) => {
    const letter = await letters.show(workspaceId, id)
    return { deadLetter: { ...toWire(letter), value: letter.value } }
  }
  return {
    listDeadLetters: async ({ workspaceId, state, pageSize, pageToken }, call) => {
      await admit(call, workspaceId)
      const options = { limit: sizeOf(pageSize), cursor: pageToken, state: stateOf(state) }
      const page = await letters.list(workspaceId, options)
      return { deadLetters: page.letters.map(toWire), nextPageToken: page.cursor }
    },
    getDeadLetter: async ({ workspaceId, id }, call) => {
      await admit(call, workspaceId)
      return shown(workspaceId, id)
    },
    replayDeadLetter: async ({ workspaceId, id }, call) => {
      await letters.replay(workspaceId, id, await admit(call, workspaceId))
      return shown(workspaceId, id)
    },
    discardDeadLetter: async ({ workspaceId, id }, call) => {
      await letters.discard(workspaceId, id, await admit(call, workspaceId))
      return shown(workspaceId, id)
    },
  }
}

function stateOf(state: string): DeadLetter['state'] {
  if (state === '' || state === 'waiting') return 'dead'
  if (state === 'replayed' || state === 'discarded') return state
  throw invalid('state-unknown', 'state is waiting, replayed or discarded', { field: 'state' })
}

const toWire = (letter: DeadLetter) => ({
  id: letter.id,
  handler: letter.consumer,
  reason: letter.slug,
  detail: letter.reason,
  topic: letter.topic,
  partition: letter.partition,
  offset: letter.offset,
  key: letter.key,
  headers: { ...letter.headers },
  state: letter.state === 'dead' ? 'waiting' : letter.state,
  diedAt: timestampFromDate(letter.diedAt),
})
