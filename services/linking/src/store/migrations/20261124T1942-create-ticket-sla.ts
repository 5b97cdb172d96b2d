import { type Migration, secureTables } from '@umbel/service-kit/store'

export const createTicketSla: Migration = {
  name: '20261124T1942-create-ticket-sla',
  async up(knex) {
    await knex.raw(`
      create table ticket_sla (
        workspace_id uuid not null, ticket_id uuid not null, state text not null,
        primary key (workspace_id, ticket_id)) with (fillfactor = 80);
      create table running_operation (
        workspace_id uuid not null, operation_id uuid not null, master_id uuid not null,
        primary key (workspace_id, operation_id));
      create index running_operation_of_master on running_operation (workspace_id, master_id)`)
    await secureTables(knex, 'linking', ['ticket_sla', 'running_operation'])
  },
}
