import { newId } from '@umbel/kernel/ids'
import { migrateDatabase, readServiceDatabase } from '@umbel/service-kit/store'
import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import { migrations } from '../src/store/migrations/list.ts'

it('keeps the lease of a mail that was in flight while the schema moved', async () => {
  const before = migrations.filter(({ name }) => name < '20261124T2320')
  const settings = (adminUrl: string, name: string) =>
    readServiceDatabase('notification', { DATABASE_URL: adminUrl, NOTIFICATION_DB_NAME: name })
  await using database = await createTestDatabase('notification-before-leases', (adminUrl, name) =>
    migrateDatabase(settings(adminUrl, name), before),
  )
  await using stack = new AsyncDisposableStack()
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const [flying, waiting] = [newId(), newId()]
  const put = (id: string, state: string, attempts: number, owner: string | null) =>
    admin.query(
      `insert into notification (workspace_id, id, ticket_id, comment_id, recipient_id, channel, cause_id, step, cause,
         state, reason, message_id, due_at, lease_owner, attempts)
       values ($1, $2, $1, $1, $1, 'mail', $1, 0, '', $3, '', 'm', clock_timestamp() + interval '1 hour', $4, $5)`,
      [newId(), id, state, owner, attempts],
    )
  await put(flying, 'leased', 2, 'one')
  await put(waiting, 'pending', 0, null)
  await migrateDatabase(settings(database.adminUrl, database.name), migrations)
  const leases = await admin.query('select notification_id, owner, message_id from lease')
  expect(leases.rows).toEqual([{ notification_id: flying, owner: 'one', message_id: 'm' }])
  const rows = await admin.query('select id, state, attempts from notification order by state')
  expect(rows.rows).toEqual([
    { id: waiting, state: 'pending', attempts: 0 },
    { id: flying, state: 'retry', attempts: 1 },
  ])
})
