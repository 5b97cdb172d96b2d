import { fromBinary } from '@bufbuild/protobuf'
import { NotificationChangedSchema, NotificationState, OperationNotificationsChangedSchema } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { openDatabase, rows } from '@umbel/service-kit/store'
import { expect, it } from 'vitest'
import { decideOutcome } from '../src/domain/attempt.ts'
import { raise } from '../src/domain/notification.ts'
import { telling } from '../src/outbound/notification-events.ts'
import type { Leased } from '../src/store/queue-row.ts'
import { createTakeTurn } from '../src/store/take-turn.ts'
import { createTransact } from '../src/store/unit-of-work.ts'
import { startNotificationWorld } from './world.ts'

const tells = { changed: async () => {}, tripped: async () => {} }
const TOGETHER = OperationNotificationsChangedSchema.typeName
const ALONE = NotificationChangedSchema.typeName

it('tells what a turn records: of an operation together, each cause apart, nothing whose lease is lost', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  const { workspaceId } = world
  await using app = openDatabase({ url: world.config.databases.app, poolMax: 1, applicationName: 'test' })
  const transact = createTransact(app, tells)
  const [one, two] = [newId(), newId()].sort()
  const owed = [
    { operationId: one, step: 1 },
    { operationId: one, step: 1 },
    { operationId: one, step: 2 },
    { operationId: two, step: 1 },
    { operationId: null, step: 0 },
    { operationId: one, step: 1 }, // its lease is lost
    { operationId: one, step: 3 }, // and this one's: all of its cause
    { operationId: one, step: 4 },
    { operationId: one, step: 1 }, // lands in a later turn
  ].map((of) => {
    const cause = { operationId: of.operationId ?? null, step: of.step, cause: Uint8Array.of(0x40, of.step) }
    return raise(
      workspaceId,
      { ticketId: newId(), commentId: newId(), recipientId: newId(), quiet: false, ...cause },
      'open',
    )
  })
  const ticketIds = owed.map(({ ticketId }) => ticketId)
  await transact({ workspaceId }, ({ notifications }) => notifications.add(owed))
  const due = await transact({ workspaceId }, ({ queue }) => queue.page(10))
  const inOrder = ticketIds.flatMap((ticketId) => due.filter((row) => row.ticketId === ticketId))
  const takeTurn = createTakeTurn(
    (text, bindings) => app.withWorkspace(workspaceId, (trx) => rows(trx, text, bindings)),
    telling,
  )
  const turn = { workspaceId, owner: 'one', leaseMs: 3_000 }
  const asked = inOrder.map((row) => ({ ...row, messageId: `<${row.id}>` }))
  const { leased } = await takeTurn({ ...turn, results: [], asked })
  const lost = [inOrder[5]?.id, inOrder[6]?.id]
  await world.sql("update lease set owner = 'another' where notification_id = any($1)", [lost])
  const outcome = decideOutcome({ number: 1, doubt: null }, { kind: 'accepted' }, 0)
  const leaseOf = (id: string) => leased.find((lease) => lease.id === id) as Leased
  const results = inOrder.map((row) => ({ due: row, leased: leaseOf(row.id), outcome }))
  await takeTurn({ ...turn, results: results.slice(0, -1), asked: [] })
  await takeTurn({ ...turn, results, asked: [] }) // said again, only the last is new

  const said = await world.sql<{ key: string; headers: Record<string, string>; value: Buffer }>(
    'select key, headers, value from outbox order by pos',
  )
  const [a, b, c, d, e, , , f, g] = ticketIds
  const heard = said.map(({ key, headers, value }) => {
    const event = headers.ce_type === ALONE ? alone(value) : together(value)
    expect(headers.ce_sequence).toBe(String(event.version))
    expect(headers.ce_subject).toBe(key.split(':')[1])
    return [headers.ce_type, key, event.version, event.step, ...event.ends]
  })
  expect(heard).toEqual([
    [TOGETHER, `${workspaceId}:${one}`, 1n, 1, a, b],
    [TOGETHER, `${workspaceId}:${one}`, 2n, 2, c],
    [TOGETHER, `${workspaceId}:${two}`, 1n, 1, d],
    [ALONE, `${workspaceId}:${e}`, 1n, 0, e],
    [TOGETHER, `${workspaceId}:${one}`, 3n, 4, f],
    [TOGETHER, `${workspaceId}:${one}`, 4n, 1, g],
  ])
})

function together(value: Buffer) {
  const event = fromBinary(OperationNotificationsChangedSchema, value)
  expect(event.occurredAt).toEqual(event.recordedAt)
  for (const end of event.notifications)
    expect(end).toMatchObject({ state: NotificationState.SENT, channel: 'mail', attempts: 1, reason: '' })
  const ends = event.notifications.map(({ ticketId }) => ticketId)
  return { version: event.streamVersion, step: event.cause?.step, ends }
}

function alone(value: Buffer) {
  const event = fromBinary(NotificationChangedSchema, value)
  expect(event).toMatchObject({ state: NotificationState.SENT, channel: 'mail', attempts: 1, reason: '' })
  return { version: event.streamVersion, step: event.cause?.step, ends: [event.ticketId] }
}
