import type { Broker, SubscribeOptions, Subscription } from '../broker.ts'
import { createMember, type Member } from './group.ts'
import { createLog, type Log, type Partition } from './log.ts'

interface Group {
  readonly offsets: Map<Partition, number>
  members: readonly Member[]
  /** Joining and leaving, one after the other. */
  change: Promise<void>
}

/** The same promises as Kafka's adapter gives, inside one process and for as long as it lives. */
export function createMemoryBroker(): Broker {
  const log = createLog()
  const groups = new Map<string, Group>()

  const groupOf = (name: string): Group => {
    const group = groups.get(name) ?? { offsets: new Map(), members: [], change: Promise.resolve() }
    groups.set(name, group)
    return group
  }

  const leave = async (group: Group, member: Member): Promise<void> => {
    if (!group.members.includes(member)) return
    await member.stop()
    await rebalance(log, group, () => group.members.filter((other) => other !== member))
  }

  return {
    async publish(messages) {
      for (const message of messages) log.append(message)
      for (const group of groups.values()) for (const member of group.members) member.wake()
    },
    async subscribe(options: SubscribeOptions): Promise<Subscription> {
      const group = groupOf(options.group)
      const member = createMember(options, group.offsets)
      await rebalance(log, group, () => [...group.members, member])
      return { joined: () => member.joined(), [Symbol.asyncDispose]: () => leave(group, member) }
    },
    async ensureTopics(topics) {
      for (const { name, partitions } of topics) log.make(name, partitions)
    },
    async lag(name, topics) {
      const { offsets } = groupOf(name)
      const partitions = topics.flatMap((topic) => log.partitions(topic))
      return partitions.reduce((sum, it) => sum + it.messages.length - (offsets.get(it) ?? 0), 0)
    },
    async [Symbol.asyncDispose]() {
      for (const group of groups.values()) await Promise.all([...group.members].map((member) => leave(group, member)))
    },
  }
}

/** Everybody gives back what they have, then all partitions are dealt out anew. */
function rebalance(log: Log, group: Group, membersAfter: () => readonly Member[]): Promise<void> {
  const turn = group.change.then(async () => {
    await Promise.all(group.members.map((member) => member.revoke()))
    group.members = membersAfter()
    const dealt = deal(log, group.members)
    for (const member of group.members) member.assign(dealt.get(member) ?? [])
  })
  group.change = turn
  return turn
}

function deal(log: Log, members: readonly Member[]): Map<Member, Partition[]> {
  const dealt = new Map<Member, Partition[]>(members.map((member) => [member, []]))
  const topics = new Set(members.flatMap((member) => member.options.topics))
  for (const topic of topics) {
    const takers = members.filter((member) => member.options.topics.includes(topic))
    for (const [index, partition] of log.partitions(topic).entries()) {
      const taker = takers[index % takers.length]
      if (taker) dealt.get(taker)?.push(partition)
    }
  }
  return dealt
}
