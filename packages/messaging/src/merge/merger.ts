import type { Received } from '../message.ts'

const LARGEST_BATCH = 500
const LONGEST_WAIT_MS = 5

/** What one source gave to a merged batch; `last` is its last message there. */
export interface Share<Source> {
  readonly source: Source
  readonly last: Received
}

export interface MergedBatch<Source> {
  readonly messages: readonly Received[]
  readonly shares: readonly Share<Source>[]
  readonly signal: AbortSignal
}

/** Disposing of it lets the batch in hand end, and starts no other. */
export interface Merger<Source> extends AsyncDisposable {
  /** Resolves when all these messages were worked on; rejects when a batch with some of them failed. */
  add(source: Source, messages: readonly Received[]): Promise<void>
  /** Turns away all that waits and aborts the signal of the batch in hand. What comes later is taken again. */
  giveUp(reason: Error): void
  /** Resolves when no batch is in hand. */
  idle(): Promise<void>
}

interface Entry<Source> {
  readonly source: Source
  messages: readonly Received[]
  readonly done: PromiseWithResolvers<void>
}

interface Part<Source> {
  readonly entry: Entry<Source>
  readonly messages: readonly Received[]
}

/**
 * Makes few large batches of what many partitions give: at most 500 messages or 5 ms, whichever comes first, and one
 * batch at a time. A failed batch turns away every source in it, so that none of them moves on without the others.
 */
export function createMerger<Source>(work: (batch: MergedBatch<Source>) => Promise<void>): Merger<Source> {
  let waiting: Entry<Source>[] = []
  let abort = new AbortController()
  let inHand: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed: Error | undefined

  const schedule = (): void => {
    if (inHand || waiting.length === 0) return
    const count = waiting.reduce((sum, entry) => sum + entry.messages.length, 0)
    if (count >= LARGEST_BATCH) start()
    else timer ??= setTimeout(start, LONGEST_WAIT_MS)
  }

  const start = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    inHand = run(takeParts(waiting)).then(() => {
      inHand = undefined
      start()
    })
  }

  const run = async (parts: readonly Part<Source>[]): Promise<void> => {
    const { signal } = abort
    const messages = parts.flatMap((part) => part.messages)
    const shares = parts.map(({ entry, messages }) => ({ source: entry.source, last: messages.at(-1) as Received }))
    try {
      await work({ messages, shares, signal })
    } catch (error) {
      const failed = new Set(parts.map((part) => part.entry))
      waiting = waiting.filter((entry) => !failed.has(entry))
      for (const entry of failed) entry.done.reject(error)
      return
    }
    for (const { entry } of parts) if (entry.messages.length === 0) entry.done.resolve()
  }

  const giveUp = (reason: Error): void => {
    for (const entry of waiting) entry.done.reject(reason)
    waiting = []
    abort.abort(reason)
    abort = new AbortController()
  }

  return {
    add(source, messages) {
      if (closed) return Promise.reject(closed)
      if (messages.length === 0) return Promise.resolve()
      const entry = { source, messages, done: Promise.withResolvers<void>() }
      waiting.push(entry)
      schedule()
      return entry.done.promise
    },
    giveUp,
    idle: async () => inHand,
    async [Symbol.asyncDispose]() {
      closed = new Error('the consumer stops')
      giveUp(closed)
      await inHand
    },
  }
}

/** Takes up to one batch from the front; an entry that gives only some of its messages stays in front. */
function takeParts<Source>(waiting: Entry<Source>[]): Part<Source>[] {
  const parts: Part<Source>[] = []
  let room = LARGEST_BATCH
  for (let entry = waiting[0]; entry && room > 0; entry = waiting[0]) {
    const messages = entry.messages.slice(0, room)
    entry.messages = entry.messages.slice(room)
    room -= messages.length
    parts.push({ entry, messages })
    if (entry.messages.length === 0) waiting.shift()
  }
  return parts
}
