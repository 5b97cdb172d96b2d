import { grantClaimer, type Migration, secureTables } from '@umbel/service-kit/store'

const tables = `
alter table operation
  drop constraint operation_kind_check,
  add constraint operation_kind_check check (kind in
    ('set_status', 'assign', 'labels', 'set_priority', 'close', 'broadcast', 'note', 'sync', 'catch_up', 'undo')),
  drop constraint operation_state_check,
  add constraint operation_state_check check (state in
    ('planned', 'queued', 'holding', 'running', 'paused', 'waiting', 'cancelled', 'finished', 'expired')),
  add column change jsonb not null default '{}',
  add column findings jsonb not null default '[]',
  add column override_reason text not null default '',
  add column overridden_by text not null default '',
  add column needs_approval boolean not null default false,
  add column approved_by text not null default '',
  add column approved_at timestamptz,
  add column rate int not null default 0,
  add column queued_at timestamptz,
  add column pause_reason text not null default '',
  add column progress_version bigint not null default 0,
  add column link_seq bigint not null default 0,
  add column step int not null default 1,
  add column waiting_until timestamptz,
  add column lane text not null default 'people' check (lane in ('people', 'sync')),
  add column master_version bigint not null default 0,
  add column cause jsonb;

alter table operation_text
  add column seq int not null default 1,
  add column locale text not null default '',
  drop constraint operation_text_pkey,
  add primary key (workspace_id, operation_id, seq);

alter table operation_item
  add column body int not null default 1,
  add column moved boolean not null default false;
alter table operation_item alter column body set default 0;

create table operation_planning (
  workspace_id uuid not null,
  operation_id uuid not null,
  actor_id text not null,
  rpc text not null,
  key text,
  started_at timestamptz not null default clock_timestamp(),
  touched_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, operation_id),
  unique (workspace_id, actor_id, rpc, key)
);
create index operation_planning_age on operation_planning (touched_at);

create table operation_settings (
  workspace_id uuid primary key,
  approval_from int not null,
  retention_days int not null,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp()
);
`

/** Every kind and state, texts in several languages, plans that grow page by page, and each workspace's own rules. */
export const widenOperation: Migration = {
  name: '20261124T1930-widen-operation',
  async up(knex) {
    await knex.raw(tables)
    await secureTables(knex, 'operation', ['operation_planning', 'operation_settings'])
    const seen = ['workspace_id', 'operation_id', 'touched_at']
    await grantClaimer(knex, 'operation', 'operation_planning', { select: seen })
  },
}
