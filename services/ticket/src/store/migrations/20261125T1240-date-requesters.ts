import type { Knex } from 'knex'

/** Which version last gave a ticket to somebody else, so that a text planned for the one before does not reach them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table ticket add column requester_version bigint not null default 0')
}
