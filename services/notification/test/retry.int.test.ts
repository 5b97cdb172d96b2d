import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { type NotificationWorld, startNotificationWorld } from './world.ts'

const deliveries = (world: NotificationWorld, address: string) =>
  world.mailbox.messages().filter(({ to }) => to.includes(address))

it('sends again what failed of an operation, once for each epoch, under the same Message-ID', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId } = world
  const operationId = newId()
  const [well, full, other] = [world.child(), world.child(), world.child()]
  for (const { address } of [full, other]) world.mailbox.refuse(address, { code: 552, times: 1 })
  await world.tell({ ...well, operationId }, { ...full, operationId }, { ...other, operationId: newId() })
  await world.settled()
  expect(await world.states()).toEqual(['failed mailbox-full', 'failed mailbox-full', 'sent'])
  const [{ message_id: before } = { message_id: '' }] = await world.sql<{ message_id: string }>(
    'select message_id from notification where ticket_id = $1',
    [full.ticketId],
  )
  const retry = (epoch: bigint) => world.rpc.retryCause({ workspaceId, operationId, epoch })
  expect((await retry(2n)).retried).toBe(1n)
  await world.settled()
  expect(await world.states()).toEqual(['failed mailbox-full', 'sent', 'sent'])
  expect(deliveries(world, full.address).map(({ messageId }) => messageId)).toEqual([before])
  for (const epoch of [2n, 1n, 3n]) expect((await retry(epoch)).retried).toBe(0n)
  await world.settled()
  expect(deliveries(world, well.address)).toHaveLength(1)
})

it('gives a mail that is asked for again its whole retry schedule, and retries it once for an epoch', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId } = world
  const operationId = newId()
  const child = world.child()
  world.mailbox.refuse(child.address, { code: 550, times: 1 })
  await world.tell({ ...child, operationId })
  await world.settled()
  await world.sql('update notification set attempts = 6')
  world.mailbox.refuse(child.address, { code: 451, times: 1 })
  await world.rpc.retryCause({ workspaceId, operationId, epoch: 2n })
  await world.settled()
  expect(await world.states()).toEqual(['retry'])
  await world.sql("update notification set state = 'failed', reason = 'mailbox-full', due_at = null")
  expect((await world.rpc.retryCause({ workspaceId, operationId, epoch: 2n })).retried).toBe(0n)
  expect((await world.rpc.retryCause({ workspaceId, operationId, epoch: 3n })).retried).toBe(1n)
  await world.settled()
  expect(await world.states()).toEqual(['sent'])
  const tries = await world.sql<{ attempt: number }>('select attempt from delivery order by attempt')
  expect(tries.map(({ attempt }) => attempt)).toEqual([1, 7, 8])
})

it('keeps what is asked for again under a hold, and refuses it for a cancelled operation', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId } = world
  const operationId = newId()
  const child = world.child()
  world.mailbox.refuse(child.address, { code: 550, times: 1 })
  await world.tell({ ...child, operationId })
  await world.settled()
  await world.rpc.holdCause({ workspaceId, operationId, epoch: 2n })
  await world.rpc.retryCause({ workspaceId, operationId, epoch: 3n })
  await world.settled()
  expect(await world.states()).toEqual(['held'])
  await world.rpc.releaseCause({ workspaceId, operationId, epoch: 4n })
  await until(async () => (await world.states()).join() === 'sent', { what: 'the released mail' })
  await world.rpc.withholdCause({ workspaceId, operationId, epoch: 5n })
  await expect(world.rpc.retryCause({ workspaceId, operationId, epoch: 6n })).rejects.toMatchObject({
    slug: 'operation-cancelled',
  })
})

it('leaves what is suppressed suppressed, and is for services alone', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId } = world
  const operationId = newId()
  const child = world.child()
  await world.sql("insert into suppression (workspace_id, address, reason) values ($1, $2, 'hard-bounce')", [
    workspaceId,
    child.address,
  ])
  await world.tell({ ...child, operationId })
  await world.settled()
  expect((await world.rpc.retryCause({ workspaceId, operationId, epoch: 2n })).retried).toBe(0n)
  expect(await world.states()).toEqual(['suppressed address-suppressed'])
  for (const caller of [world.admin, world.agent])
    await expect(caller.retryCause({ workspaceId, operationId, epoch: 2n })).rejects.toMatchObject({
      kind: 'forbidden',
    })
})
