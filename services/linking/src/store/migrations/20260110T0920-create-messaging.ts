import { messagingTables } from '@umbel/messaging'
import type { Migration } from '@umbel/service-kit/store'

export const createMessaging: Migration = {
  name: '20260110T0920-create-messaging',
  up: (knex) => messagingTables(knex, 'linking'),
}
