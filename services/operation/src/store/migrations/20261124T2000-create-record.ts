import { type Migration, secureTables } from '@umbel/service-kit/store'

const tables = `
create table operation_record (
  workspace_id uuid not null,
  operation_id uuid not null,
  seq int not null,
  what text not null,
  actor_id text not null,
  recorded_at timestamptz not null,
  content text not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (workspace_id, operation_id, seq)
);
create table operation_record_leaf (
  workspace_id uuid not null,
  operation_id uuid not null,
  seq int not null,
  index int not null,
  step int not null,
  ticket_id uuid not null,
  requester_id uuid,
  hash bytea not null,
  sealed bytea not null,
  primary key (workspace_id, operation_id, seq, index)
);
create unique index operation_record_leaf_once on operation_record_leaf (workspace_id, operation_id, step, ticket_id);
create index operation_record_leaf_of_ticket on operation_record_leaf (workspace_id, ticket_id, operation_id);
create index operation_record_leaf_of_requester on operation_record_leaf (workspace_id, requester_id, operation_id)
  where requester_id is not null;
create table person_key (
  workspace_id uuid not null,
  requester_id uuid not null,
  key bytea,
  destroyed_at timestamptz,
  reason text not null default '',
  primary key (workspace_id, requester_id),
  check ((key is null) = (destroyed_at is not null))
);
`

/** Who did what with an operation and what became of each child: written once, and sealed under each person's own key. */
export const createRecord: Migration = {
  name: '20261124T2000-create-record',
  async up(knex) {
    await knex.raw(tables)
    await secureTables(knex, 'operation', ['operation_record', 'operation_record_leaf'], ['select', 'insert'])
    await secureTables(knex, 'operation', ['person_key'], ['select', 'insert', 'update'])
  },
}
