import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** Each child's mail thread and reply token, what came in, and addresses that get no mail. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table thread (
      workspace_id uuid not null, ticket_id uuid not null, reply_token text not null,
      sent_ids text[] not null default '{}', customer_message_id text not null default '',
      primary key (workspace_id, ticket_id)) with (fillfactor = 70);
    comment on column thread.reply_token is
      'a keyed hash of the primary key, so no two are the same; a second key led by the workspace would draw updates';
    create index thread_by_token on thread (reply_token);
    create table received_mail (
      workspace_id uuid not null, ticket_id uuid not null, message_id text not null,
      outcome text not null check (outcome in ('added', 'ignored')), reason text not null,
      received_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, ticket_id, message_id));
    create table suppression (
      workspace_id uuid not null, address text not null, reason text not null,
      created_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, address))`)
  await secureTables(knex, 'notification', ['thread', 'received_mail', 'suppression'], ['select', 'insert', 'update'])
  await grantClaimer(knex, 'notification', 'thread', { select: ['workspace_id', 'ticket_id', 'reply_token'] })
}
