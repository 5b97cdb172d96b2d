import { messagingTables } from '@umbel/messaging'
import type { Knex } from 'knex'

/** The outbox, what was heard already, and what is parked or dead. */
export const up = (knex: Knex): Promise<void> => messagingTables(knex, 'notification')
