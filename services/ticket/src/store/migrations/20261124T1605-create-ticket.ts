import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/**
 * Tickets, their thread and audit, and what their sources said last. What only hangs on a ticket has no foreign key to
 * it: it is written under the ticket's row lock, nothing deletes tickets, and the check would cost a fifth of a page.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ticket_counter (workspace_id uuid primary key, next bigint not null);
    create table ticket (
      workspace_id uuid not null, ticket_id uuid not null, number bigint not null,
      version bigint not null, subject text not null,
      status text not null check (status in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
      priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
      requester_id uuid, assignee_id uuid, group_id uuid, customer_id uuid, project_id uuid,
      labels text[] not null, fields jsonb not null, external_ids jsonb not null,
      master boolean not null, role_version bigint not null default 0,
      primary_master_id uuid, link_id uuid, link_version bigint not null default 0,
      created_at timestamptz not null, updated_at timestamptz not null, recorded_at timestamptz not null,
      solved_at timestamptz, closed_at timestamptz, solved_recorded_at timestamptz,
      primary key (workspace_id, ticket_id),
      foreign key (workspace_id, requester_id) references requester,
      foreign key (workspace_id, assignee_id) references agent,
      foreign key (workspace_id, group_id) references agent_group,
      foreign key (workspace_id, customer_id) references customer,
      foreign key (workspace_id, project_id) references project) with (fillfactor = 85);
    create unique index ticket_by_number on ticket (workspace_id, number);
    create index ticket_by_requester on ticket (workspace_id, requester_id, number) where requester_id is not null;
    create index ticket_by_customer on ticket (workspace_id, customer_id, number) where customer_id is not null;
    create index ticket_solved_due on ticket (solved_recorded_at) where status = 'solved';
    create table body (
      workspace_id uuid not null, body_id uuid not null, text text not null,
      primary key (workspace_id, body_id));
    create table comment (
      workspace_id uuid not null, ticket_id uuid not null, comment_id uuid not null, version bigint not null,
      body_id uuid not null, public boolean not null, broadcast boolean not null,
      author_kind text not null check (author_kind in ('agent', 'requester', 'source', 'system')),
      author_id text not null, message_id text, occurred_at timestamptz not null, recorded_at timestamptz not null,
      primary key (workspace_id, ticket_id, comment_id));
    create index comment_by_version on comment (workspace_id, ticket_id, version);
    create index comment_by_mail on comment (workspace_id, ticket_id, version) where message_id is not null;
    create table audit_entry (
      workspace_id uuid not null, ticket_id uuid not null, entry_id uuid not null default uuidv7(), version bigint,
      cause jsonb not null, changes jsonb not null, note text not null, occurred_at timestamptz not null,
      recorded_at timestamptz not null,
      primary key (workspace_id, ticket_id, recorded_at, entry_id));
    create table ticket_upstream (
      workspace_id uuid not null, source text not null, subject text not null, ticket_id uuid not null,
      sequence numeric(20) not null, snapshot jsonb not null,
      primary key (workspace_id, source, subject))`)
  await secureTables(knex, 'ticket', ['ticket_counter', 'ticket', 'body', 'comment', 'ticket_upstream'])
  // append only: what was recorded stays
  await secureTables(knex, 'ticket', ['audit_entry'], ['select', 'insert'])
  await grantClaimer(knex, 'ticket', 'ticket', {
    select: ['workspace_id', 'ticket_id', 'version', 'status', 'solved_recorded_at'],
  })
}
