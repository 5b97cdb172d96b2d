import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Broker, Received } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { upstreamBroker } from '../support/upstream.ts'
import type { World } from '../support/world.ts'

const TOPIC = topics.ticket.events.name

/** Listens to what ticket says, for as long as the world stands. */
export interface Tap extends AsyncDisposable {
  readonly broker: Broker
  /** What was said about a workspace's tickets, once everything that is there has been heard. */
  heard(workspaceId: string): Promise<readonly Received[]>
}

export async function startTap(world: World): Promise<Tap> {
  const broker = upstreamBroker(world)
  const group = `chaos-tap-${newId()}`
  const all = new Map<string, Received>()
  const subscription = await broker.subscribe({
    group,
    topics: [TOPIC],
    onBatch: async ({ messages }) => {
      for (const message of messages) all.set(`${message.partition}/${message.offset}`, message)
    },
  })
  return {
    broker,
    async heard(workspaceId) {
      await until(async () => subscription.joined() && (await broker.lag(group, [TOPIC])) === 0, {
        deadlineMs: 60_000,
        what: 'the tap to have heard everything',
      })
      return [...all.values()].filter(({ key }) => key.startsWith(`${workspaceId}:`))
    },
    async [Symbol.asyncDispose]() {
      await subscription[Symbol.asyncDispose]()
      await broker[Symbol.asyncDispose]()
    },
  }
}
