import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/**
 * What is solved and will be closed for good waits in a table of its own: an index on the ticket's status would learn of
 * each move of it, and every other index of the table as well.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table solved_ticket (
      workspace_id uuid not null, ticket_id uuid not null, solved_recorded_at timestamptz not null,
      primary key (workspace_id, ticket_id));
    create index solved_ticket_due on solved_ticket (solved_recorded_at)`)
  await secureTables(knex, 'ticket', ['solved_ticket'])
  await grantClaimer(knex, 'ticket', 'solved_ticket', { select: ['workspace_id', 'ticket_id', 'solved_recorded_at'] })
  await knex.raw(`
    alter table ticket no force row level security;
    alter table solved_ticket no force row level security;
    insert into solved_ticket (workspace_id, ticket_id, solved_recorded_at)
    select workspace_id, ticket_id, solved_recorded_at from ticket where status = 'solved';
    alter table ticket force row level security;
    alter table solved_ticket force row level security;
    drop index ticket_solved_due;
    alter table ticket drop column solved_recorded_at`)
}
