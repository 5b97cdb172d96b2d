import { allTopics, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Broker, Received } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { flows } from '../map/flow-rows.ts'
import { upstreamBroker } from './upstream.ts'
import type { World } from './world.ts'

const names = allTopics.map(({ name }) => name)
const services = ['ticket', 'linking', 'notification', 'operation'] as const

/** Every event of every topic of the world, from the beginning, in the order of each partition. */
export async function tapAll(world: World): Promise<Received[]> {
  await using broker = upstreamBroker(world)
  const group = `tap-${newId()}`
  const heard = new Map<string, Received>()
  await using subscription = await broker.subscribe({
    group,
    topics: names,
    onBatch: async ({ messages }) => {
      for (const message of messages) heard.set(`${message.topic}/${message.partition}/${message.offset}`, message)
    },
  })
  await until(async () => subscription.joined() && (await broker.lag(group, names)) === 0, {
    deadlineMs: 60_000,
    what: 'the tap to have read every topic',
  })
  return [...heard.values()]
}

/** Waits until every event is said and handled: outboxes empty, nothing parked, no consumer behind. */
export async function settled(world: World): Promise<void> {
  await using broker = upstreamBroker(world)
  await until(async () => (await waiting(world)) + (await lagging(broker)) === 0, {
    deadlineMs: 60_000,
    what: 'every event to be handled',
  })
}

async function waiting(world: World): Promise<number> {
  const text = 'select (select count(*) from outbox) + (select count(*) from parked_key) as left'
  const counts = await Promise.all(services.map((service) => world.sql<{ left: string }>(service, text)))
  return counts.flat().reduce((sum, { left }) => sum + Number(left), 0)
}

/** What the consumers of all services, as their flows name them, have not handled yet. */
async function lagging(broker: Broker): Promise<number> {
  const heard = flows.flatMap(({ hears }) => hears)
  if (heard.length === 0) throw new Error('no service hears anything')
  const lags = heard.map(({ name, topic }) => broker.lag(name, [topicNamed(topic)]))
  return (await Promise.all(lags)).reduce((sum, lag) => sum + lag, 0)
}

/** `topics.ticket.events`, as a flow writes it. */
export function topicNamed(written: string): string {
  const [, owner = '', name = ''] = written.split('.')
  const owned: Readonly<Record<string, Readonly<Record<string, { readonly name: string }>>>> = topics
  const found = owned[owner]?.[name]
  if (found === undefined) throw new Error(`no topic ${written}`)
  return found.name
}
