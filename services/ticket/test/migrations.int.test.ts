import { newId } from '@umbel/kernel/ids'
import { migrateDatabase, readServiceDatabase } from '@umbel/service-kit/store'
import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import { migrations } from '../src/store/migrations/list.ts'

it('goes on waiting for tickets that were solved before the queue of solved ones was made', async () => {
  const before = migrations.filter(({ name }) => name < '20261124T2350')
  const settings = (adminUrl: string, name: string) =>
    readServiceDatabase('ticket', { DATABASE_URL: adminUrl, TICKET_DB_NAME: name })
  await using database = await createTestDatabase('ticket-before-queue', (adminUrl, name) =>
    migrateDatabase(settings(adminUrl, name), before),
  )
  await using stack = new AsyncDisposableStack()
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const [workspaceId, solved, open] = [newId(), newId(), newId()]
  const put = (id: string, number: number, status: string, solvedAt: string | null) =>
    admin.query(
      `insert into ticket (workspace_id, ticket_id, number, version, subject, status, priority, labels, fields,
         external_ids, master, created_at, updated_at, recorded_at, solved_recorded_at)
       values ($1, $2, $3, 1, 's', $4, 'normal', '{}', '{}', '[]', false, now(), now(), now(), $5)`,
      [workspaceId, id, number, status, solvedAt],
    )
  await put(solved, 1, 'solved', '2026-03-01T10:00:00Z')
  await put(open, 2, 'open', null)
  await migrateDatabase(settings(database.adminUrl, database.name), migrations)
  const waiting = await admin.query('select workspace_id, ticket_id, solved_recorded_at from solved_ticket')
  expect(waiting.rows).toEqual([
    { workspace_id: workspaceId, ticket_id: solved, solved_recorded_at: new Date('2026-03-01T10:00:00Z') },
  ])
})
