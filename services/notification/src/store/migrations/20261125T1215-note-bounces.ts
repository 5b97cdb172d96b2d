import type { Knex } from 'knex'

/** Whether the ticket has its note of a bounce. Of those that came before, none is written any more. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table bounce add column noted boolean not null default true;
    alter table bounce alter column noted set default false`)
}
