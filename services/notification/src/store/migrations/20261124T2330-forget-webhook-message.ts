import type { Knex } from 'knex'

/** What endpoints were told can be forgotten when it is old: made is enough to know, nothing waits for more than 80 h. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index webhook_message_made on webhook_message (workspace_id, created_at);
    grant delete on webhook_message, webhook_delivery to notification_app`)
}
