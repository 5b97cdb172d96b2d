import type { Received } from '../message.ts'

/** A message as parked and dead rows keep it: where it came from beside its bytes. */
export interface StoredMessage {
  readonly message: {
    readonly topic: string
    readonly key: string
    readonly headers: Readonly<Record<string, string>>
    readonly partition: number
    readonly offset: string
    readonly timestamp: number
  }
  readonly value: Buffer
}

/** Text that Postgres can keep: anybody may send a NUL or half a character, and neither may stop the consumer. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd')

export function toStored({ value, headers, ...message }: Received): StoredMessage {
  const texts = Object.entries(headers).map(([name, text]) => [storable(name), storable(text)])
  return { message: { ...message, headers: Object.fromEntries(texts) }, value: Buffer.from(value) }
}

export const fromStored = ({ message, value }: StoredMessage): Received => ({ ...message, value })
