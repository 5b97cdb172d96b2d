import type { Message } from '../message.ts'

/** Half of what a broker takes for one partition at once unless told otherwise (`message.max.bytes`). */
const LARGEST_BYTES = 512 * 1024

/** The messages in order, in portions that a broker takes even where all have one partition; a large one goes alone. */
export function portions(messages: readonly Message[]): Message[][] {
  const cut: Message[][] = []
  let room = 0
  for (const message of messages) {
    const size = sizeOf(message)
    if (size > room || cut.length === 0) {
      cut.push([])
      room = LARGEST_BYTES
    }
    cut.at(-1)?.push(message)
    room -= size
  }
  return cut
}

const sizeOf = ({ key, value, headers }: Message): number =>
  Object.entries(headers).reduce(
    (sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text),
    Buffer.byteLength(key) + value.length,
  )
