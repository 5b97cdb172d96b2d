import { unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import type { Mailer } from '../src/commands/send-one.ts'
import type { SendResult } from '../src/domain/attempt.ts'
import { startNotificationWorld } from './world.ts'

it('keeps everything of a held operation in the house, also what is raised later, and releases it', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  const cause = { workspaceId: world.workspaceId, operationId }
  await world.rpc.holdCause({ ...cause, epoch: 1n })
  const children = Array.from({ length: 3 }, () => ({ ...world.child(), operationId }))
  await world.tell(...children, world.child())
  await world.settled()
  expect(await world.states()).toEqual(['held', 'held', 'held', 'sent'])
  await world.rpc.holdCause({ ...cause, epoch: 1n })
  await world.rpc.releaseCause({ ...cause, epoch: 2n })
  await until(() => world.mailbox.messages().length === 4, { what: 'the held mails' })
  await world.rpc.holdCause({ ...cause, epoch: 1n }) // late: changes nothing
  const later = { ...world.child(), operationId }
  await world.tell(later)
  await until(() => world.mailbox.recipients().includes(later.address), { what: 'a mail after a late hold' })
})

it('withholds what has not left, by name, and what is raised after', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  const cause = { workspaceId: world.workspaceId, operationId }
  await world.rpc.holdCause({ ...cause, epoch: 1n })
  await world.tell(...Array.from({ length: 3 }, () => ({ ...world.child(), operationId })))
  await world.settled()
  await world.rpc.withholdCause({ ...cause, epoch: 2n })
  await world.tell({ ...world.child(), operationId })
  await world.settled()
  expect(await world.states()).toEqual(Array.from({ length: 4 }, () => 'withheld operation-cancelled'))
  expect(world.mailbox.messages()).toEqual([])
  // held, withheld, withheld from the start: each told once, for all children together
  expect(await world.sql('select stream_key, version from stream')).toEqual([
    { stream_key: `causes:${operationId}`, version: '3' },
  ])
})

it('answers a hold only when the sends in flight are recorded, and sends nothing after it', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  world.mailbox.delay(60)
  await world.tell(...Array.from({ length: 40 }, () => ({ ...world.child(), operationId })))
  await until(() => world.mailbox.messages().length > 0, { what: 'the first mails' })
  await world.rpc.holdCause({ workspaceId: world.workspaceId, operationId, epoch: 1n })
  const left = world.mailbox.messages().length
  expect((await world.states()).filter((state) => state === 'sent')).toHaveLength(left)
  expect(left).toBeLessThan(40)
  await world.settled()
  expect(world.mailbox.messages()).toHaveLength(left)
  expect((await world.states()).filter((state) => state === 'held')).toHaveLength(40 - left)
})

/** Accepts every mail and does not say so before it is let go: a sender frozen between acceptance and commit. */
function frozen() {
  const accepted: string[] = []
  const held: ((result: SendResult) => void)[] = []
  const mailer: Mailer = {
    wasAccepted: () => Promise.resolve(undefined),
    send: ({ messageId }) => {
      accepted.push(messageId)
      return new Promise((resolve) => {
        held.push(resolve)
      })
    },
  }
  const thaw = () => {
    for (const resolve of held.splice(0)) resolve({ kind: 'refused', code: 550 })
  }
  return { accepted, mailer, thaw }
}

it('leaves at most sixteen mails undecided when a sender stops, sends those again, and lets a late result of it count for nothing', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  const { accepted, mailer, thaw } = frozen()
  const dying = await world.start(mailer)
  await world.tell(...Array.from({ length: 20 }, () => world.child()))
  await until(() => accepted.length === 16, { what: 'a window in flight' })
  await world.sql("update lease set until = now(), owner = 'dead'")
  world.server = await world.start()
  await until(async () => (await world.states()).every((state) => !/^(pending|leased|retry)/.test(state)), {
    what: 'every end',
    deadlineMs: 20_000,
  })
  const states = await world.states()
  expect(states.filter((state) => state === 'unknown resent-after-crash')).toHaveLength(16)
  expect(states.filter((state) => state === 'sent')).toHaveLength(4)
  const ids = world.mailbox.messages().map(({ messageId }) => messageId)
  expect(new Set(ids).size).toBe(20)
  expect(accepted.every((id) => ids.includes(id))).toBe(true)
  thaw()
  await dying[Symbol.asyncDispose]()
  expect(await world.states()).toEqual(states)
})

it('does not write a result over a lease that another sender took', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  let answer: (refusal: { kind: 'refused'; code: number }) => void = () => undefined
  world.server = await world.start({
    wasAccepted: () => Promise.resolve(true),
    send: () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  })
  await world.tell(world.child())
  await until(async () => (await world.states())[0] === 'leased', { what: 'the lease' })
  await world.sql("update lease set owner = 'other'")
  answer({ kind: 'refused', code: 550 })
  await until(async () => (await world.sql('select from lease where owner = $1', ['other'])).length === 1, {
    what: 'the row as the other left it',
  })
  await world.sql('update lease set until = now()')
  await until(async () => (await world.states())[0] === 'sent', { what: 'the mail found at the server' })
})

it('does not wait for a frozen sender once its lease has run out, and calls what it had in doubt', async () => {
  const { accepted, mailer, thaw } = frozen()
  await using world = await startNotificationWorld(mailer)
  const operationId = newId()
  await world.tell({ ...world.child(), operationId })
  await until(() => accepted.length === 1, { what: 'a mail in flight' })
  await world.sql("update lease set until = now(), owner = 'frozen'")
  const cause = { workspaceId: world.workspaceId, operationId }
  await world.rpc.holdCause({ ...cause, epoch: 1n })
  thaw()
  await until(async () => (await world.states())[0] === 'held', { what: 'the row to follow its operation' })
  await world.rpc.withholdCause({ ...cause, epoch: 2n })
  await world.settled()
  expect(await world.states()).toEqual(['unknown cancelled-after-crash'])
  expect(accepted).toHaveLength(1)
})

it('answers a hold without waiting for rows that need not move for it', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  world.desk.away = unavailable('ticket-away', 'nothing is leased meanwhile')
  await world.tell(...Array.from({ length: 3 }, () => ({ ...world.child(), operationId })))
  await until(async () => (await world.states()).length === 3, { what: 'what is owed' })
  const other = new pg.Client({ connectionString: world.database.adminUrl })
  await other.connect()
  try {
    await other.query('begin; select from notification for update')
    await world.rpc.holdCause({ workspaceId: world.workspaceId, operationId, epoch: 1n })
    expect(await world.states()).toEqual(['pending', 'pending', 'pending'])
  } finally {
    await other.end()
  }
  world.desk.away = undefined
  await until(async () => (await world.states()).join() === 'held,held,held', { what: 'the rows to follow' })
  expect(world.mailbox.messages()).toEqual([])
})
