import { createHash } from 'node:crypto'
import { topics } from '@umbel/contracts'
import { isUmbelError } from '@umbel/kernel'
import type { Received } from '../message.ts'
import { appendToOutbox } from '../outbox/append.ts'
import type { Transaction } from '../transaction.ts'
import { storable, toStored } from './stored-message.ts'

// with what the copy adds, a larger one may be more than a broker takes; the row has it whole
const MOST_COPIED_BYTES = 512 * 1024
const EMPTY = new Uint8Array()

/** A message that cannot be handled, and why. */
export interface Death {
  readonly workspaceId: string
  readonly consumer: string
  readonly message: Received
  readonly error: unknown
}

/**
 * Makes the message a dead letter: a row of its workspace, copied to the service's dead-letter topic through the
 * outbox. The transaction has entered the workspace.
 */
export async function bury(trx: Transaction, { workspaceId, consumer, message, error }: Death): Promise<void> {
  const { slug, reason, stackHash } = causeOf(error)
  const stored = toStored(message)
  await trx.raw(
    `insert into dead_letter (workspace_id, consumer, key, slug, reason, stack_hash, message, value)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [workspaceId, consumer, message.key, slug, reason, stackHash, JSON.stringify(stored.message), stored.value],
  )
  const headers = {
    ...stored.message.headers,
    'umbel-dead-handler': consumer,
    'umbel-dead-slug': slug,
    'umbel-dead-reason': reason,
    'umbel-dead-stack-hash': stackHash,
    'umbel-dead-topic': message.topic,
    'umbel-dead-partition': String(message.partition),
    'umbel-dead-offset': message.offset,
    'umbel-dead-timestamp': String(message.timestamp),
  }
  const value = message.value.length > MOST_COPIED_BYTES ? EMPTY : message.value
  await appendToOutbox(trx, [{ workspaceId, topic: deadLetterTopic(consumer), key: message.key, headers, value }])
}

function causeOf(error: unknown) {
  const text = error instanceof Error ? error.message : String(error)
  // where it was thrown, without what the message says: the same bug has the same hash
  const frames = error instanceof Error ? (error.stack?.match(/^\s+at .*$/gm)?.join('\n') ?? '') : ''
  return {
    slug: isUmbelError(error) ? error.slug : 'bug',
    reason: storable(text.slice(0, 2_000)),
    stackHash: createHash('sha256').update(frames).digest('hex').slice(0, 16),
  }
}

/** `umbel.<service>.dlq.v1` of the service that a consumer belongs to. */
function deadLetterTopic(consumer: string): string {
  const service = consumer.split('.')[0] ?? ''
  const owned = Object.entries(topics).find(([owner]) => owner === service)?.[1]
  return owned !== undefined && 'dlq' in owned ? owned.dlq.name : `umbel.${service}.dlq.v1`
}
