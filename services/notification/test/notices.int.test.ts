import { newId } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { ADMIN, AGENT, type NotificationWorld, startNotificationWorld } from './world.ts'

const operation = (startedBy: string) => ({
  operationId: newId(),
  masterId: newId(),
  kind: 'broadcast',
  startedBy,
  applied: 200n,
  sent: 197n,
  sendFailed: 1n,
})

const texts = async (world: NotificationWorld, caller = world.agent) =>
  (await caller.listNotices({ workspaceId: world.workspaceId })).notices.map(({ text }) => text)

it('tells who started an operation in one line how it ended, also when it is told again', async () => {
  await using world = await startNotificationWorld()
  const told = operation(AGENT)
  await world.tellOperation({ ...told, streamVersion: 1n, state: 'running', sent: 0n })
  await world.tellOperation({ ...told, streamVersion: 2n, state: 'finished', sent: 196n })
  await world.tellOperation({ ...told, streamVersion: 2n, state: 'finished', sent: 196n })
  await world.tellOperation({ ...told, streamVersion: 3n, state: 'finished' })
  await world.settled()
  expect(await texts(world)).toEqual(['Broadcast finished: 200 applied; mail: 197 sent, 1 not sent'])
  expect(await texts(world, world.admin)).toEqual([])
})

it('tells of a stop that nobody asked for, and of none that somebody did', async () => {
  await using world = await startNotificationWorld()
  const [tripped, pressed] = [operation(AGENT), operation(AGENT)]
  await world.tellOperation({ ...tripped, streamVersion: 1n, state: 'paused', pauseReason: 'breaker' })
  await world.tellOperation({ ...pressed, streamVersion: 1n, state: 'paused' })
  await world.tellOperation({ ...operation(''), streamVersion: 1n, state: 'finished' })
  await world.settled()
  expect(await texts(world)).toEqual([
    'Broadcast paused, since too many mails failed: 200 applied; mail: 197 sent, 1 not sent',
  ])
})

it('lists the latest first in pages, and lets each agent mark their own as read, once', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, agent, admin } = world
  for (const kind of ['close', 'note', 'labels'])
    await world.tellOperation({ ...operation(AGENT), kind, streamVersion: 1n, state: 'finished' })
  await world.tellOperation({ ...operation(ADMIN), streamVersion: 1n, state: 'finished' })
  await world.settled()
  const first = await agent.listNotices({ workspaceId, pageSize: 2 })
  const rest = await agent.listNotices({ workspaceId, pageSize: 2, pageToken: first.nextPageToken })
  const all = [...first.notices, ...rest.notices]
  expect(all).toHaveLength(3)
  expect(rest.nextPageToken).toBe('')
  const times = all.map(({ at }) => Number(at?.seconds) + Number(at?.nanos) / 1e9)
  expect(times).toEqual([...times].sort((a, b) => b - a))
  const noticeId = all[0]?.id ?? ''
  await expect(admin.markNoticeRead({ workspaceId, noticeId })).rejects.toMatchObject({ slug: 'not-found' })
  await agent.markNoticeRead({ workspaceId, noticeId })
  const [read] = (await agent.listNotices({ workspaceId })).notices
  await agent.markNoticeRead({ workspaceId, noticeId })
  expect((await agent.listNotices({ workspaceId })).notices[0]).toEqual(read)
  expect(read?.readAt).toBeDefined()
  await expect(agent.markNoticeRead({ workspaceId, noticeId: newId() })).rejects.toMatchObject({ slug: 'not-found' })
  expect((await world.rpc.listNotices({ workspaceId })).notices).toEqual([])
})
