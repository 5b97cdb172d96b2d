import type { Broker, Subscription } from '../src/broker.ts'

/** One more client of a broker that lives in this process: disposing of it ends only its own subscriptions. */
export function sharedBy(broker: Broker): Broker {
  const own: Subscription[] = []
  return {
    publish: (messages) => broker.publish(messages),
    ensureTopics: (topics) => broker.ensureTopics(topics),
    lag: (group, topics) => broker.lag(group, topics),
    async subscribe(options) {
      const subscription = await broker.subscribe(options)
      own.push(subscription)
      return subscription
    },
    async [Symbol.asyncDispose]() {
      for (const subscription of own) await subscription[Symbol.asyncDispose]()
    },
  }
}
