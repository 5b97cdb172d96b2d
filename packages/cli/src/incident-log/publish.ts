import type { Broker, Message } from '@umbel/messaging'
import type { Progress } from '../output.ts'
import { readRows } from './read-rows.ts'
import type { Translator } from './to-messages.ts'

// large enough that the broker's answer is not what limits, small enough that a batch stays under a megabyte
const BATCH = 1000

/** Streams the file into the broker; answers with the number of lines that were no rows. */
export async function publishLog(
  file: string,
  translator: Translator,
  broker: Pick<Broker, 'publish'>,
  progress: Progress,
): Promise<number> {
  let batch: Message[] = []
  // reading goes on while the broker writes; one send at a time keeps the order of every key
  let sending: Promise<void> = Promise.resolve()
  let unreadable = 0
  const flush = async () => {
    await sending
    sending = broker.publish(batch)
    batch = []
    progress.update(translator.counts.rows)
  }
  for await (const row of readRows(file)) {
    if (row === undefined) unreadable += 1
    else batch.push(...translator.messages(row))
    if (batch.length >= BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await sending
  return unreadable
}
