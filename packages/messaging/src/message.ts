/** What goes onto a topic. Messages with the same key keep their order. */
export interface Message {
  readonly topic: string
  readonly key: string
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** What came from a topic, and from where. */
export interface Received extends Message {
  readonly partition: number
  readonly offset: string
  /** When the broker took it, in epoch milliseconds. */
  readonly timestamp: number
}
