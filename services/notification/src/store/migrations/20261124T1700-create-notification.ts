import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** What is owed, the attempts to send it, and what operations may send. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table notification (
      workspace_id uuid not null, id uuid not null, ticket_id uuid not null, comment_id uuid not null,
      recipient_id uuid not null, channel text not null check (channel = 'mail'), cause_id uuid not null,
      operation_id uuid, step integer not null, cause bytea not null,
      state text not null check (state in ('pending', 'leased', 'retry', 'held', 'sent', 'failed', 'suppressed',
        'skipped', 'withheld', 'unknown')),
      reason text not null, message_id text not null default '',
      due_at timestamptz, lease_owner text, lease_epoch bigint not null default 0,
      attempts integer not null default 0, doubt text check (doubt in ('crash', 'lost-answer')),
      created_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, id)) with (fillfactor = 70);
    comment on column notification.due_at is
      'when somebody must look at it: its next try, or the end of its lease; null when held and at an end';
    create index notification_due on notification (workspace_id, due_at) where due_at is not null;
    create index notification_leased on notification (workspace_id, due_at) where state = 'leased';
    create index notification_of_ticket on notification (workspace_id, ticket_id, created_at);
    create index notification_of_operation on notification (workspace_id, operation_id, state)
      where operation_id is not null;
    create table delivery (
      workspace_id uuid not null, notification_id uuid not null, attempt integer not null,
      at timestamptz not null default clock_timestamp(), result text not null, detail text not null,
      primary key (workspace_id, notification_id, attempt));
    create table cause_hold (
      workspace_id uuid not null, operation_id uuid not null, epoch bigint not null,
      mode text not null check (mode in ('open', 'held', 'withheld')), swept boolean not null,
      primary key (workspace_id, operation_id));
    comment on column cause_hold.swept is 'false while rows of the operation may not follow its mode yet';
    create index cause_hold_unswept on cause_hold (workspace_id, operation_id) where not swept;
    create table stream (
      workspace_id uuid not null, stream_key text not null, version bigint not null,
      primary key (workspace_id, stream_key)) with (fillfactor = 70)`)
  await secureTables(knex, 'notification', ['notification', 'cause_hold', 'stream'], ['select', 'insert', 'update'])
  await secureTables(knex, 'notification', ['delivery'], ['select', 'insert'])
  await grantClaimer(knex, 'notification', 'notification', { select: ['workspace_id', 'due_at'] })
  await grantClaimer(knex, 'notification', 'cause_hold', { select: ['workspace_id', 'operation_id', 'swept'] })
}
