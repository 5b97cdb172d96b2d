import { newId } from '@umbel/kernel/ids'
import { auditCatalog, unwalledTables } from '@umbel/service-kit/store'
import { canaryToken, scan } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import { startNotificationWorld } from './world.ts'

it('keeps every table behind the workspace wall, and the audit sees a policy that was dropped', async () => {
  await using world = await startNotificationWorld()
  const admin = new pg.Client({ connectionString: world.database.adminUrl })
  await admin.connect()
  try {
    expect(await auditCatalog(admin, { exempt: unwalledTables })).toEqual([])
    await admin.query('alter table delivery no force row level security')
    await admin.query('drop policy of_workspace on thread')
    const found = await auditCatalog(admin, { exempt: unwalledTables })
    expect(found.map(({ table }) => table)).toEqual(['delivery', 'thread'])
  } finally {
    await admin.end()
  }
})

it('lists nothing of another workspace, and the app role sees no row without one', async () => {
  await using world = await startNotificationWorld()
  await world.tell(world.child())
  await world.settled()
  const here = await world.rpc.listNotifications({ workspaceId: world.workspaceId })
  expect(here.notifications).toHaveLength(1)
  expect(here.notifications[0]?.deliveries).toHaveLength(1)
  expect((await world.rpc.listNotifications({ workspaceId: newId() })).notifications).toEqual([])
  const app = new pg.Client({ connectionString: world.database.urls.app })
  await app.connect()
  try {
    expect((await app.query('select from notification')).rowCount).toBe(0)
  } finally {
    await app.end()
  }
})

it('puts nothing of a sibling, the operation or a master into a mail', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  const children = Array.from({ length: 3 }, () => {
    const token = canaryToken()
    return { token, ...world.child({ subject: `About ${token}`, address: `${token}@customer.example` }), operationId }
  })
  await world.tell(...children)
  await world.settled()
  for (const { token, address, ticketId } of children) {
    const [mail] = world.mailbox.messages().filter(({ to }) => to.includes(address))
    expect(scan(mail?.raw ?? '', [token])).toEqual([])
    expect(mail?.subject).toBe(`Re: About ${token}`)
    const raw = mail?.raw.toString() ?? ''
    for (const id of [operationId, ticketId, world.workspaceId]) expect(raw).not.toContain(id)
    expect(mail?.header('auto-submitted')).toEqual([])
  }
})

it('pages through a list without losing or repeating a row', async () => {
  await using world = await startNotificationWorld()
  const operationId = newId()
  await world.tell(...Array.from({ length: 7 }, () => ({ ...world.child(), operationId })))
  await world.settled()
  const seen: string[] = []
  for (let pageToken = '', more = true; more; more = pageToken !== '') {
    const page = await world.rpc.listNotifications({
      workspaceId: world.workspaceId,
      operationId,
      pageSize: 3,
      pageToken,
    })
    seen.push(...page.notifications.map(({ id }) => id))
    pageToken = page.nextPageToken
  }
  expect(new Set(seen).size).toBe(7)
  expect(seen).toHaveLength(7)
})
