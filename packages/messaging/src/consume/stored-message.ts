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

export const toStored = ({ value, ...message }: Received): StoredMessage => ({ message, value: Buffer.from(value) })

export const fromStored = ({ message, value }: StoredMessage): Received => ({ ...message, value })
