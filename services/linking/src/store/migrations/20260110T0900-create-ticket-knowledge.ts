import { type Migration, secureTables } from '@umbel/service-kit/store'

export const createTicketKnowledge: Migration = {
  name: '20260110T0900-create-ticket-knowledge',
  async up(knex) {
    await knex.raw(`
      create table known_ticket (
        workspace_id uuid not null, ticket_id uuid not null, version bigint not null,
        status text not null, priority text not null, group_id uuid, customer_id uuid, project_id uuid,
        has_requester boolean not null, reply_comment_id uuid, replied_at timestamptz,
        primary key (workspace_id, ticket_id)
      ) with (fillfactor = 80);
      create table external_identity (
        workspace_id uuid not null, source text not null, external_id text not null, ticket_id uuid not null,
        primary key (workspace_id, source, external_id));
      create table linked_resource (
        workspace_id uuid not null, resource_id uuid not null, ticket_id uuid not null,
        kind text not null check (kind in ('task', 'document')), title text not null, url text not null,
        linked_at timestamptz not null default clock_timestamp(),
        primary key (workspace_id, resource_id));
      create index linked_resource_of_ticket on linked_resource (workspace_id, ticket_id, linked_at)`)
    await secureTables(knex, 'linking', ['known_ticket', 'external_identity', 'linked_resource'])
  },
}
