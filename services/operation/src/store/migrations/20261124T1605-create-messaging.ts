import { messagingTables } from '@umbel/messaging'
import type { Migration } from '@umbel/service-kit/store'

/** Outbox, what consumers have seen, what they parked and what died. */
export const createMessaging: Migration = {
  name: '20261124T1605-create-messaging',
  up: (knex) => messagingTables(knex, 'operation'),
}
