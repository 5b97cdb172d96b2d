import { grantClaimer, idempotencyTable, type Migration, secureTables } from '@umbel/service-kit/store'

const tables = `
create table operation (
  workspace_id uuid not null,
  operation_id uuid not null,
  kind text not null check (kind in ('broadcast', 'close')),
  master_id uuid not null,
  state text not null
    check (state in ('planned', 'holding', 'running', 'paused', 'cancelled', 'finished', 'expired')),
  epoch bigint not null default 1,
  stream_version bigint not null default 0,
  plan_hash text not null,
  hold_seconds int not null,
  applying int not null,
  hidden int not null,
  planned_by text not null,
  started_by text not null default '',
  planned_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  hold_ends_at timestamptz,
  closed_at timestamptz,
  finished_at timestamptz,
  launched_at timestamptz,
  armed boolean not null default false,
  attention_at timestamptz,
  cancel_complete boolean not null default false,
  primary key (workspace_id, operation_id)
) with (fillfactor = 70);
create index operation_of_master on operation (workspace_id, master_id, operation_id);
create index operation_attention on operation (attention_at) where attention_at is not null;

create table operation_text (
  workspace_id uuid not null,
  operation_id uuid not null,
  text text not null,
  primary key (workspace_id, operation_id)
);

create table operation_item (
  workspace_id uuid not null,
  operation_id uuid not null,
  seq int not null,
  ticket_id uuid not null,
  link_id uuid,
  ticket_number bigint not null,
  planned_version bigint not null,
  state text not null check (state in ('planned', 'applied', 'skipped', 'failed')),
  reason text not null default '',
  before text not null default '',
  after text not null default '',
  version bigint not null default 0,
  notification text not null default '',
  notification_reason text not null default '',
  primary key (workspace_id, operation_id, seq),
  unique (workspace_id, operation_id, ticket_id)
) with (fillfactor = 70);
create index operation_item_waiting on operation_item (workspace_id, operation_id, seq) where state = 'planned';

create table operation_progress (
  workspace_id uuid not null,
  operation_id uuid not null,
  total int not null,
  pending int not null,
  applied int not null default 0,
  skipped int not null default 0,
  failed int not null default 0,
  cancelled int not null default 0,
  n_pending int not null default 0,
  n_sent int not null default 0,
  n_skipped int not null default 0,
  n_withheld int not null default 0,
  n_suppressed int not null default 0,
  n_failed int not null default 0,
  n_unknown int not null default 0,
  primary key (workspace_id, operation_id)
) with (fillfactor = 50);
`

/** Operations, their frozen items and how far they have come. */
export const createOperation: Migration = {
  name: '20261124T1600-create-operation',
  async up(knex) {
    await knex.raw(tables)
    await secureTables(knex, 'operation', ['operation', 'operation_text', 'operation_item', 'operation_progress'])
    await grantClaimer(knex, 'operation', 'operation', { select: ['workspace_id', 'operation_id', 'attention_at'] })
    await idempotencyTable(knex, 'operation')
  },
}
