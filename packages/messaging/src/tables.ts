import type { Knex } from 'knex'
import { isolation } from './isolation.ts'

const tables = `
create table outbox (
  workspace_id uuid not null,
  pos bigint generated always as identity (cache 1),
  shard smallint not null,
  topic text not null,
  key text not null,
  headers jsonb not null,
  value bytea not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, pos)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index outbox_pos on outbox (pos);

create table relay_shard (
  shard smallint primary key,
  owner text not null default '',
  epoch bigint not null default 0,
  lease_until timestamptz not null default '-infinity'
);
insert into relay_shard (shard) select generate_series(0, 7);

create table stream_seen (
  workspace_id uuid not null,
  consumer text not null,
  stream_key text not null,
  version bigint not null,
  primary key (workspace_id, consumer, stream_key)
) with (fillfactor = 80);

create table inbox (
  workspace_id uuid not null,
  consumer text not null,
  source text not null,
  event_id text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, consumer, source, event_id)
);
create index inbox_age on inbox (workspace_id, received_at);

create table parked_key (
  workspace_id uuid not null,
  consumer text not null,
  key text not null,
  due_at timestamptz not null,
  attempts int not null default 1,
  reason text not null,
  primary key (workspace_id, consumer, key)
);
create index parked_key_due on parked_key (due_at);

create table parked_message (
  workspace_id uuid not null,
  consumer text not null,
  key text not null,
  seq bigint generated always as identity (cache 1),
  message jsonb not null,
  value bytea not null,
  primary key (workspace_id, consumer, key, seq)
);

create table dead_letter (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  consumer text not null,
  key text not null,
  seq bigint generated always as identity (cache 1),
  state text not null default 'dead' check (state in ('dead', 'replayed', 'discarded')),
  slug text not null,
  reason text not null,
  stack_hash text not null,
  message jsonb not null,
  value bytea not null,
  died_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by text,
  primary key (workspace_id, id)
);
create index dead_letter_of_key on dead_letter (workspace_id, consumer, key, seq) where state = 'dead';
create index dead_letter_by_age on dead_letter (workspace_id, seq);
`

const walled = ['outbox', 'stream_seen', 'inbox', 'parked_key', 'parked_message', 'dead_letter']

/** The tables behind outbox, consumers and dead letters, with the workspace wall and each role's grants. For migrations. */
export async function messagingTables(knex: Knex, service: string): Promise<void> {
  const word = service.replaceAll('-', '_')
  await knex.raw(tables)
  for (const table of walled)
    await knex.raw(`
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy of_workspace on ${table} using (${isolation.policy}) with check (${isolation.policy});
      grant select, insert, update, delete on ${table} to ${word}_app`)
  await knex.raw(`
    revoke update, delete on outbox from ${word}_app;
    create policy for_relay on outbox to ${word}_relay using (true);
    grant select, delete on outbox to ${word}_relay;
    grant select, update on relay_shard to ${word}_relay;
    create policy for_claimer on parked_key for select to ${word}_claimer using (true);
    grant select (workspace_id, consumer, key, due_at) on parked_key to ${word}_claimer`)
}

/** Tables of `messagingTables` that hold nothing of any workspace. */
export const unwalledTables: readonly string[] = ['relay_shard']
