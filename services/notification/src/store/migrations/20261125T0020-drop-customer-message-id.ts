import type { Knex } from 'knex'

/** Which mail of the customer's is answered is the ticket's to say: it knows who the requester is. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table thread drop column customer_message_id')
}
