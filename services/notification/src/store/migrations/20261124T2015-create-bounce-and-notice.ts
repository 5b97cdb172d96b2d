import { secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** What came back, what agents are told, and failed mails that are owed again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table bounce (
      workspace_id uuid not null, notification_id uuid not null,
      kind text not null check (kind in ('hard', 'soft', 'complaint')),
      address text not null, status text not null, received_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, notification_id, kind));
    create index bounce_of_address on bounce (workspace_id, address, received_at);
    create table notice (
      workspace_id uuid not null, id uuid not null, agent_id uuid not null, kind text not null,
      operation_id uuid not null, ticket_id uuid not null, text text not null,
      at timestamptz not null default clock_timestamp(), read_at timestamptz,
      primary key (workspace_id, id));
    create index notice_of_agent on notice (workspace_id, agent_id, at);
    grant delete on suppression to notification_app;
    alter table notification
      add column retry_epoch bigint not null default 0,
      add column earlier_attempts integer not null default 0;
    comment on column notification.retry_epoch is 'of the last RetryCause that made it due again';
    comment on column notification.earlier_attempts is 'made before that: the retry schedule begins anew after them'`)
  await secureTables(knex, 'notification', ['bounce', 'notice'], ['select', 'insert', 'update'])
}
