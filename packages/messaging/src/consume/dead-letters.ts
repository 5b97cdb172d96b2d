import { badPageToken, notFound, refused } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { enterWorkspace } from '../isolation.ts'
import type { Transaction } from '../transaction.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { type Flow, rowsOf } from './flow.ts'
import type { AnyHandler } from './handler.ts'
import { read } from './reading.ts'
import { fromStored, type StoredMessage } from './stored-message.ts'

/** A message that could not be handled, with its reason. */
export interface DeadLetter {
  readonly id: string
  readonly consumer: string
  readonly key: string
  readonly state: 'dead' | 'replayed' | 'discarded'
  readonly slug: string
  readonly reason: string
  readonly stackHash: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly headers: Readonly<Record<string, string>>
  readonly diedAt: Date
  readonly endedAt: Date | null
  readonly endedBy: string | null
}

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[]
  /** Where the next page begins; empty: this was the last. */
  readonly cursor: string
}

/** Looks at a service's dead letters, plays them again and throws them away. */
export interface DeadLetters {
  list(
    workspaceId: string,
    options: { readonly limit: number; readonly cursor: string; readonly state: DeadLetter['state'] },
  ): Promise<DeadLetterPage>
  /** Throws `not-found`. */
  show(workspaceId: string, id: string): Promise<DeadLetter & { readonly value: Buffer }>
  /**
   * Handles the message now; the row and the effect change together. Throws `refused` (`earlier-dead-letter`) while an
   * earlier one of the same key is dead, (`dead-letter-ended`) when it was ended before, and whatever handling throws.
   */
  replay(workspaceId: string, id: string, by: string): Promise<void>
  discard(workspaceId: string, id: string, by: string): Promise<void>
}

interface Row extends StoredMessage {
  readonly id: string
  readonly seq: string
  readonly consumer: string
  readonly key: string
  readonly state: DeadLetter['state']
  readonly slug: string
  readonly reason: string
  readonly stack_hash: string
  readonly died_at: Date
  readonly ended_at: Date | null
  readonly ended_by: string | null
}

/** The dead letters of what the flow hears; a replay goes to the handler of that row. */
export function createDeadLetters(database: TransactionSource, flow: Flow): DeadLetters {
  const handlers = new Map(rowsOf(flow, 'on').map(({ name, handler }) => [name, handler]))
  const within = <T>(workspaceId: string, work: (trx: Transaction) => Promise<T>) =>
    database.transaction(async (trx) => {
      enterWorkspace(trx, workspaceId)
      return work(trx)
    })
  return {
    list: (workspaceId, { limit, cursor, state }) =>
      within(workspaceId, (trx) => page(trx, workspaceId, { limit, cursor, state })),
    show: (workspaceId, id) =>
      within(workspaceId, async (trx) => {
        const row = await find(trx, workspaceId, id)
        return { ...toLetter(row), value: row.value }
      }),
    async replay(workspaceId, id, by) {
      const handler = await within(workspaceId, (trx) => replay(trx, handlers, { workspaceId, id, by }))
      handler.committed?.()
    },
    discard: (workspaceId, id, by) =>
      within(workspaceId, async (trx) => {
        await lockDead(trx, workspaceId, id)
        await end(trx, workspaceId, id, 'discarded', by)
      }),
  }
}

async function replay(
  trx: Transaction,
  handlers: ReadonlyMap<string, AnyHandler>,
  { workspaceId, id, by }: { readonly workspaceId: string; readonly id: string; readonly by: string },
): Promise<AnyHandler> {
  const row = await lockDead(trx, workspaceId, id)
  await refuseLater(trx, workspaceId, row)
  const handler = handlers.get(row.consumer)
  if (handler === undefined) throw refused('handler-gone', `nothing is called ${row.consumer} any more`)
  const reading = read(handler, fromStored(row))
  if (reading.kind === 'unreadable') throw reading.error
  // what was seen has moved past this message, so the handler is asked directly
  if (reading.kind === 'event') await handler.handle({ workspaceId, trx }, [reading.event])
  await end(trx, workspaceId, id, 'replayed', by)
  return handler
}

async function page(
  trx: Transaction,
  workspaceId: string,
  { limit, cursor, state }: Parameters<DeadLetters['list']>[1],
): Promise<DeadLetterPage> {
  if (!/^\d{0,18}$/.test(cursor)) throw badPageToken()
  const { rows } = await trx.raw<{ rows: Row[] }>(
    'select * from dead_letter where workspace_id = ? and state = ? and seq > ? order by seq limit ?',
    [workspaceId, state, cursor === '' ? 0 : cursor, limit],
  )
  const last = rows.length === limit ? rows.at(-1) : undefined
  return { letters: rows.map(toLetter), cursor: last?.seq ?? '' }
}

async function find(trx: Transaction, workspaceId: string, id: string, lock = ''): Promise<Row> {
  const { rows } = isId(id)
    ? await trx.raw<{ rows: Row[] }>(`select * from dead_letter where workspace_id = ? and id = ? ${lock}`, [
        workspaceId,
        id,
      ])
    : { rows: [] }
  const [row] = rows
  if (row === undefined) throw notFound('dead-letter-unknown', 'no such dead letter in this workspace')
  return row
}

async function lockDead(trx: Transaction, workspaceId: string, id: string): Promise<Row> {
  const row = await find(trx, workspaceId, id, 'for update')
  if (row.state !== 'dead') throw refused('dead-letter-ended', `this dead letter was ${row.state} before`)
  return row
}

async function refuseLater(trx: Transaction, workspaceId: string, { consumer, key, seq }: Row): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select id from dead_letter where workspace_id = ? and consumer = ? and key = ? and state = 'dead' and seq < ?
      order by seq limit 1`,
    [workspaceId, consumer, key, seq],
  )
  const [earlier] = rows
  if (earlier !== undefined)
    throw refused(
      'earlier-dead-letter',
      `dead letter ${earlier.id} of the same key came earlier: replay or discard it first`,
    )
}

async function end(trx: Transaction, workspaceId: string, id: string, state: string, by: string): Promise<void> {
  await trx.raw(
    'update dead_letter set state = ?, ended_at = clock_timestamp(), ended_by = ? where workspace_id = ? and id = ?',
    [state, by, workspaceId, id],
  )
}

const toLetter = (row: Row): DeadLetter => ({
  id: row.id,
  consumer: row.consumer,
  key: row.key,
  state: row.state,
  slug: row.slug,
  reason: row.reason,
  stackHash: row.stack_hash,
  topic: row.message.topic,
  partition: row.message.partition,
  offset: row.message.offset,
  headers: row.message.headers,
  diedAt: row.died_at,
  endedAt: row.ended_at,
  endedBy: row.ended_by,
})
