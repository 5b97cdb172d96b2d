import { secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** Where an operation may commit, and what it did to each child. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table operation_fence (
      workspace_id uuid not null, operation_id uuid not null, epoch bigint not null,
      halted boolean not null, primary key (workspace_id, operation_id));
    create table operation_effect (
      workspace_id uuid not null, operation_id uuid not null, step integer not null, ticket_id uuid not null,
      outcome text not null check (outcome in ('applied', 'skipped')), reason text not null,
      version bigint not null, notifies boolean not null,
      primary key (workspace_id, operation_id, step, ticket_id))`)
  await secureTables(knex, 'ticket', ['operation_fence', 'operation_effect'])
}
