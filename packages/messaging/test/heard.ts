import type { Batch, Broker, Subscription } from '../src/broker.ts'
import type { Message, Received } from '../src/message.ts'

/** Numbered messages, dealt to the keys in turn; `seq` counts within a key. */
export function numbered(topic: string, count: number, keys: number, from = 0): Message[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index
    const text = JSON.stringify({ seq: Math.floor(number / keys) })
    return { topic, key: `key-${number % keys}`, value: new TextEncoder().encode(text), headers: {} }
  })
}

export function seqOf(message: Message): number {
  const { seq } = JSON.parse(new TextDecoder().decode(message.value)) as { seq: number }
  return seq
}

/** The numbers of each key in the order they came. */
export function byKey(messages: readonly Received[]): Map<string, number[]> {
  const keys = new Map<string, number[]>()
  for (const message of messages) keys.set(message.key, [...(keys.get(message.key) ?? []), seqOf(message)])
  return keys
}

/** What came, when something may come twice: each key's numbers without what came again. Fails at a gap. */
export function withoutRepeats(messages: readonly Received[]): Map<string, number[]> {
  const keys = new Map<string, number[]>()
  for (const message of messages) {
    const seqs = keys.get(message.key) ?? []
    const seq = seqOf(message)
    if (seq > seqs.length) throw new Error(`${message.key} jumped from ${seqs.length - 1} to ${seq}`)
    if (seq === seqs.length) keys.set(message.key, [...seqs, seq])
  }
  return keys
}

export const allInOrder = (count: number, keys: number): Map<string, number[]> =>
  new Map(
    Array.from({ length: keys }, (_, key) => [
      `key-${key}`,
      Array.from({ length: Math.ceil((count - key) / keys) }, (_, seq) => seq),
    ]),
  )

export interface Heard {
  /** Of batches that resolved. */
  readonly messages: Received[]
  readonly batches: Received[][]
  readonly subscription: Subscription
}

/** Subscribes and keeps what the batches brought; `before` may throw, and then the batch counts as not done. */
export async function hear(
  broker: Broker,
  { group, topics }: { group: string; topics: readonly string[] },
  before: (batch: Batch) => Promise<void> | void = () => undefined,
): Promise<Heard & AsyncDisposable> {
  const messages: Received[] = []
  const batches: Received[][] = []
  const subscription = await broker.subscribe({
    group,
    topics,
    async onBatch(batch) {
      await before(batch)
      messages.push(...batch.messages)
      batches.push([...batch.messages])
    },
  })
  return { messages, batches, subscription, [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose]() }
}

export const partitionsIn = (batch: readonly Received[]): number =>
  new Set(batch.map(({ partition }) => partition)).size

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
