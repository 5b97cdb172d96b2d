import { messagingTables } from '@umbel/messaging'
import { idempotencyTable } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** The outbox, what was heard already, what is parked or dead, and the answers of keyed writes. */
export async function up(knex: Knex): Promise<void> {
  await messagingTables(knex, 'ticket')
  await idempotencyTable(knex, 'ticket')
}
