import { type Migration, secureTables } from '@umbel/service-kit/store'

export const createRollup: Migration = {
  name: '20260110T0910-create-rollup',
  async up(knex) {
    await knex.raw(`
      create table child_contribution (
        workspace_id uuid not null, ticket_id uuid not null, master_id uuid not null, link_id uuid not null,
        ticket_version bigint not null, status text not null, priority text not null,
        group_id uuid, customer_id uuid, project_id uuid, purpose text not null, is_primary boolean not null,
        replied_at timestamptz,
        primary key (workspace_id, ticket_id, master_id)
      ) with (fillfactor = 80);
      create index child_contribution_of_master on child_contribution (workspace_id, master_id, ticket_id);
      create table rollup_counter (
        workspace_id uuid not null, master_id uuid not null, group_id uuid not null,
        children bigint not null default 0, contributing bigint not null default 0,
        status_new bigint not null default 0, status_open bigint not null default 0,
        status_pending bigint not null default 0, status_on_hold bigint not null default 0,
        status_solved bigint not null default 0, status_closed bigint not null default 0,
        priority_low bigint not null default 0, priority_normal bigint not null default 0,
        priority_high bigint not null default 0, priority_urgent bigint not null default 0,
        primary key (workspace_id, master_id, group_id)
      ) with (fillfactor = 50);
      create table rollup_reference (
        workspace_id uuid not null, master_id uuid not null, kind text not null check (kind in ('customer', 'project')),
        reference_id uuid not null, group_id uuid not null, children bigint not null,
        primary key (workspace_id, master_id, kind, reference_id, group_id));
      create table rollup_reply (
        workspace_id uuid not null, master_id uuid not null, ticket_id uuid not null, group_id uuid not null,
        comment_id uuid not null, replied_at timestamptz not null,
        primary key (workspace_id, master_id, ticket_id));
      create index rollup_reply_latest on rollup_reply
        (workspace_id, master_id, group_id, replied_at desc) include (ticket_id, comment_id);
      create table stream (
        workspace_id uuid not null, stream_key text not null, version bigint not null,
        primary key (workspace_id, stream_key)
      ) with (fillfactor = 80)`)
    await secureTables(knex, 'linking', [
      'child_contribution',
      'rollup_counter',
      'rollup_reference',
      'rollup_reply',
      'stream',
    ])
  },
}
