import pg from 'pg'
import { expect, it } from 'vitest'
import { createTestDatabase } from '../src/postgres.ts'
import { openTemporal, taskQueue } from '../src/temporal.ts'

let migrations = 0
async function migrate(adminUrl: string, name: string) {
  migrations += 1
  await query(adminUrl, `create database ${name}`)
  const app = adminUrl.replace(/[^/]*$/, name)
  await query(app, 'create table ticket (id int)')
  return { app }
}

it('migrates once, and gives each caller a database of its own that goes with it', async () => {
  let dropped = ''
  {
    await using first = await createTestDatabase('test-kit', migrate)
    await using second = await createTestDatabase('test-kit', migrate)
    await query(first.urls.app, 'insert into ticket values (1)')
    expect(await query(second.urls.app, 'select * from ticket')).toEqual([])
    expect(await query(first.adminUrl, 'select * from ticket')).toEqual([{ id: 1 }])
    expect(migrations).toBe(1)
    dropped = first.adminUrl
  }
  await expect(query(dropped, 'select 1')).rejects.toThrow('does not exist')
})

it('reaches Temporal', async () => {
  await using temporal = await openTemporal()
  const { workflowService } = temporal.connection
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace: 'default' })
  expect(namespaceInfo?.name).toBe('default')
  expect(taskQueue('umbel.operation')).not.toBe(taskQueue('umbel.operation'))
})

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
