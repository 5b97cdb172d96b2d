import type { Message, Received } from './message.ts'

/** Ready topics need a name and the number of partitions they keep for good. */
export interface TopicSpec {
  readonly name: string
  readonly partitions: number
}

/** Messages of many partitions, in order per key. */
export interface Batch {
  readonly messages: readonly Received[]
  /** Aborted when the consumer stops or its partitions were taken away: give up what is not committed yet. */
  readonly signal: AbortSignal
}

export interface SubscribeOptions {
  /** Members of a group share the partitions. */
  readonly group: string
  readonly topics: readonly string[]
  /** Resolves when the batch's effects are committed; whatever it throws, the same messages come again. */
  readonly onBatch: (batch: Batch) => Promise<void>
}

/** A running consumer. Disposing of it waits for the batch in hand. */
export interface Subscription extends AsyncDisposable {
  /** Whether the group has given this member its partitions. */
  joined(): boolean
}

/**
 * The port to Kafka: at least once, in order per key. One contract suite runs over every adapter, so that the client
 * behind it can be changed in one place.
 */
export interface Broker extends AsyncDisposable {
  /**
   * Resolves when every in-sync replica has all of them. One send is in flight at a time. Throws `invalid`
   * (`message-too-large`) for one that the broker will never take.
   */
  publish(messages: readonly Message[]): Promise<void>
  /** Starts a consumer from the group's committed offsets; a new group starts at the beginning. */
  subscribe(options: SubscribeOptions): Promise<Subscription>
  /** Makes the topics that are missing. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>
  /** How many messages the group has not committed yet, over all partitions of these topics. */
  lag(group: string, topics: readonly string[]): Promise<number>
}
