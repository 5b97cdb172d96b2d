import { grantClaimer, idempotencyTable, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** Endpoints of workspaces, what each is owed, and the attempts to tell it. Apart from mail: neither queue sees the other. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table webhook (
      workspace_id uuid not null, id uuid not null, url text not null, types text[] not null, description text not null,
      state text not null check (state in ('enabled', 'disabled', 'gone')),
      secret bytea not null, old_secret bytea, old_secret_ends_at timestamptz,
      failures integer not null default 0, rests_until timestamptz,
      created_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, id));
    comment on column webhook.secret is 'sealed; whoever reads the database cannot sign';
    comment on column webhook.failures is 'in a row; from five on the endpoint rests, and is tried with one message';
    create table webhook_message (
      workspace_id uuid not null, id uuid not null, webhook_id uuid not null, ticket_id uuid not null,
      operation_id uuid, type text not null, payload text not null,
      state text not null check (state in ('pending', 'leased', 'retry', 'sent', 'failed', 'skipped')),
      reason text not null default '', due_at timestamptz, lease_owner text, lease_epoch bigint not null default 0,
      attempts integer not null default 0, created_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, id)) with (fillfactor = 70);
    comment on column webhook_message.due_at is
      'when somebody must look at it: its next try, or the end of its lease; null at an end';
    create index webhook_message_due on webhook_message (workspace_id, webhook_id, due_at) where due_at is not null;
    create index webhook_message_of_ticket on webhook_message (workspace_id, ticket_id, created_at);
    create index webhook_message_of_operation on webhook_message (workspace_id, operation_id)
      where operation_id is not null;
    create table webhook_delivery (
      workspace_id uuid not null, message_id uuid not null, attempt integer not null,
      at timestamptz not null default clock_timestamp(), result text not null, detail text not null,
      primary key (workspace_id, message_id, attempt))`)
  await secureTables(knex, 'notification', ['webhook'])
  await secureTables(knex, 'notification', ['webhook_message'], ['select', 'insert', 'update'])
  await secureTables(knex, 'notification', ['webhook_delivery'], ['select', 'insert'])
  await grantClaimer(knex, 'notification', 'webhook', { select: ['workspace_id', 'id', 'state', 'rests_until'] })
  await grantClaimer(knex, 'notification', 'webhook_message', { select: ['workspace_id', 'webhook_id', 'due_at'] })
  await idempotencyTable(knex, 'notification')
}
