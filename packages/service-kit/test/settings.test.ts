import { expect, it } from 'vitest'
import { readDatabaseUrls, readServiceDatabase } from '../src/store/index.ts'

const DATABASE_URL = 'postgres://postgres:admin@127.0.0.1:5432/postgres'

it('derives where each role connects from the administrator’s URL', () => {
  const { app, claimer } = readDatabaseUrls('sync-policy', { DATABASE_URL })
  expect(app).toMatch(/^postgres:\/\/sync_policy_app:.+@127\.0\.0\.1:5432\/umbel_sync_policy$/)
  expect(new URL(app).password).not.toBe(new URL(claimer).password)
})

it('gives other passwords for another secret', () => {
  const { app } = readDatabaseUrls('ticket', { DATABASE_URL })
  const { app: other } = readDatabaseUrls('ticket', { DATABASE_URL, DB_ROLE_SECRET: 'another' })
  expect(new URL(app).password).not.toBe(new URL(other).password)
})

it('takes the URLs that are given, all or none', () => {
  const given = { TICKET_DB_URL: 'postgres://a@h/d', TICKET_DB_RELAY_URL: 'postgres://r@h/d' }
  expect(() => readDatabaseUrls('ticket', given)).toThrow('TICKET_DB_CLAIMER_URL is not set')
  const all = { ...given, TICKET_DB_CLAIMER_URL: 'postgres://c@h/d' }
  expect(readDatabaseUrls('ticket', all)).toMatchObject({ app: 'postgres://a@h/d', claimer: 'postgres://c@h/d' })
})

it('names the variable that is missing, with an example', () => {
  expect(() => readServiceDatabase('ticket', {})).toThrow(/DATABASE_URL is not set; for example DATABASE_URL=postgres:/)
})
