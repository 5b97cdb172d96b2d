import type { Knex } from 'knex'

/** How many of a ticket's last versions are notes of the house, which change nothing that an undo would put back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table ticket add column house_notes int not null default 0')
}
