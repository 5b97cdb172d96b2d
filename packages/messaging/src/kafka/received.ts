import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { Received } from '../message.ts'

const EMPTY = new Uint8Array()

/** A message from the wire; the topic is told without the prefix. */
export function received(topic: string, partition: number, message: KafkaMessage): Received {
  return {
    topic,
    partition,
    offset: message.offset,
    timestamp: Number(message.timestamp),
    key: message.key?.toString('utf8') ?? '',
    value: message.value ?? EMPTY,
    headers: textHeaders(message.headers),
  }
}

/** A header given several times counts with its first value. */
function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, given] of Object.entries(headers ?? {})) {
    const value = Array.isArray(given) ? given[0] : given
    if (value !== undefined) texts[name] = value.toString()
  }
  return texts
}
