import { setTimeout as pause } from 'node:timers/promises'
import { ActorKind } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { startNotificationWorld } from './world.ts'

it('tells the requester of each public comment once, also when every event comes twice', async () => {
  await using world = await startNotificationWorld()
  const children = Array.from({ length: 20 }, () => world.child())
  await world.tell(...children, ...children)
  await world.settled()
  expect(world.mailbox.recipients()).toEqual(children.map(({ address }) => address).sort())
  expect(await world.states()).toEqual(children.map(() => 'sent'))
  expect(world.desk.getOutgoingCalls).toBeLessThan(5)
})

it('asks for a whole page at once and gives each ticket a stream of its one end', async () => {
  await using world = await startNotificationWorld()
  const children = Array.from({ length: 30 }, () => world.child())
  await world.tell(...children)
  await world.settled()
  const streams = await world.sql<{ version: string }>('select version from stream')
  expect(streams.map(({ version }) => version)).toEqual(children.map(() => '1'))
})

it('says nothing of internal comments, of the requester, or where there is no requester', async () => {
  await using world = await startNotificationWorld()
  await world.tell(
    { ...world.child(), public: false },
    { ...world.child(), author: ActorKind.REQUESTER },
    { ...world.child(), requesterId: '' },
  )
  await world.settled()
  expect(await world.states()).toEqual([])
  expect(world.mailbox.messages()).toEqual([])
})

it('skips with a reason what a source tells itself, what has no address and what is gone', async () => {
  await using world = await startNotificationWorld()
  await world.tell(
    { ...world.child(), quiet: true },
    world.child({ address: '' }),
    world.child({ address: 'two@at@signs.example' }),
    { ticketId: newId(), commentId: newId() },
  )
  await world.settled()
  expect(await world.states()).toEqual([
    'skipped bad-address',
    'skipped import',
    'skipped no-address',
    'skipped not-found',
  ])
  expect(world.mailbox.messages()).toEqual([])
})

it('sends nobody else what its recipient was owed: a requester who changed meanwhile gets nothing', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  const said = world.desk.outgoing.get(child.commentId)
  world.desk.outgoing.set(child.commentId, { ...said, requesterId: newId() } as NonNullable<typeof said>)
  await world.tell(child)
  await world.settled()
  expect(await world.states()).toEqual(['skipped recipient-changed'])
  expect(world.mailbox.messages()).toEqual([])
})

it('tries again after a 4xx and gives up at a 5xx, with the reason', async () => {
  await using world = await startNotificationWorld()
  const [busy, gone] = [world.child(), world.child()]
  world.mailbox.refuse(busy.address, { code: 451, times: 1 })
  world.mailbox.refuse(gone.address, { code: 550 })
  await world.tell(busy, gone)
  await world.settled()
  await until(async () => (await world.states()).join() === 'failed mailbox-unavailable,sent', { what: 'both ends' })
  const deliveries = await world.sql<{ result: string }>('select result from delivery order by result')
  expect(deliveries.map(({ result }) => result)).toEqual(['failed', 'retry', 'sent'])
})

it('sends again under the same Message-ID when the answer is lost, and says that it does not know', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  world.mailbox.loseAnswers(child.address, 1)
  await world.tell(child)
  await until(async () => (await world.states())[0] === 'unknown resent-after-lost-answer', { what: 'the end' })
  const ids = world.mailbox.messages().map(({ messageId }) => messageId)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
})

it('waits for a mail server that is away and counts no attempt meanwhile', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  let away = true
  let tries = 0
  world.server = await world.start({
    wasAccepted: () => Promise.resolve(undefined),
    send: () => {
      tries += 1
      return Promise.resolve(away ? { kind: 'away' } : { kind: 'accepted' })
    },
  })
  await world.tell(world.child())
  await until(() => tries > 1, { what: 'a second try' })
  away = false
  await until(async () => (await world.states())[0] === 'sent', { what: 'the end' })
  const [row] = await world.sql<{ attempts: number }>('select attempts from notification')
  expect(row?.attempts).toBe(1)
})

it('mails to a suppressed address are a visible outcome', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  await world.sql('insert into suppression (workspace_id, address, reason) values ($1, $2, $3)', [
    world.workspaceId,
    child.address,
    'hard-bounce',
  ])
  await world.tell(child)
  await world.settled()
  expect(await world.states()).toEqual(['suppressed address-suppressed'])
})

it('starts no mail whose lease has run out, also when the process wakes up and renews it', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  const might: boolean[] = []
  world.server = await world.start({
    wasAccepted: () => Promise.resolve(undefined),
    async send(_mail, _body, mayStart) {
      might.push(mayStart())
      await world.sql("update lease set until = clock_timestamp() - interval '1 second'")
      await pause(3_000) // longer than the lease: the renewals in between find nothing that is still ours
      might.push(mayStart())
      return { kind: 'late' }
    },
  })
  await world.tell(world.child())
  await until(() => might.length >= 2, { what: 'the end of the lease' })
  expect(might.slice(0, 2)).toEqual([true, false])
})
