import { newId } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { listNotifications } from './list-notifications.ts'

const ticketId = newId()
const row = () => ({ id: newId(), ticketId, place: '1', deliveries: [] })
const actor = { id: newId(), role: 'agent', hiddenGroupIds: new Set<string>() } as const
const asked = { actor, workspaceId: newId(), ticketId, operationId: '', pageSize: 1, pageToken: '' }

it('says of a hidden ticket what it says of one without notifications', async () => {
  const list = (rows: number, seen: boolean) =>
    listNotifications(
      () => Promise.resolve(Array.from({ length: rows }, row) as never),
      (_workspaceId, _actor, ids) => Promise.resolve(new Set(seen ? ids : [])),
    )(asked)
  expect(await list(2, false)).toEqual(await list(0, true))
  expect((await list(2, true)).next).not.toBe('')
})
