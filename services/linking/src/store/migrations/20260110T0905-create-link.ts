import { grantClaimer, type Migration, secureTables } from '@umbel/service-kit/store'

export const createLink: Migration = {
  name: '20260110T0905-create-link',
  async up(knex) {
    await knex.raw(`
      create table ticket_role (
        workspace_id uuid not null, ticket_id uuid not null, master boolean not null default false,
        role_version bigint not null default 0, acknowledged_version bigint not null default 0,
        link_seq bigint not null default 0, since timestamptz,
        push_due_at timestamptz not null default clock_timestamp(),
        check_due_at timestamptz not null default clock_timestamp(),
        primary key (workspace_id, ticket_id));
      create index ticket_role_masters on ticket_role (workspace_id, since desc, ticket_id) where master;
      create index ticket_role_unpushed on ticket_role (push_due_at) where role_version > acknowledged_version;
      create index ticket_role_check_due on ticket_role (check_due_at) where master;
      create table role_change (
        workspace_id uuid not null, ticket_id uuid not null, role_version bigint not null, master boolean not null,
        reason text not null, cause jsonb not null, recorded_at timestamptz not null default clock_timestamp(),
        primary key (workspace_id, ticket_id, role_version));
      create table link (
        workspace_id uuid not null, link_id uuid not null,
        kind text not null check (kind in ('child', 'duplicate', 'related')),
        purpose text not null check (purpose in ('customer', 'follow_up')),
        ticket_id uuid not null, target_id uuid not null, is_primary boolean not null, link_seq bigint not null,
        linked_at timestamptz not null, ended_at timestamptz, cause jsonb not null, ended_cause jsonb,
        primary key (workspace_id, link_id));
      create unique index link_one_primary_master on link (workspace_id, ticket_id)
        where kind = 'child' and is_primary and ended_at is null;
      create unique index link_one_per_pair on link (workspace_id, ticket_id, target_id, kind) where ended_at is null;
      create index link_children on link (workspace_id, target_id, link_seq) where kind = 'child' and ended_at is null;
      create index link_of_ticket on link (workspace_id, ticket_id, linked_at);
      create index link_to_ticket on link (workspace_id, target_id, linked_at) where kind <> 'child';
      create table pending_link (
        workspace_id uuid not null, ticket_id uuid not null, kind text not null, source text not null,
        external_id text not null, target_id uuid, is_primary boolean not null,
        cause jsonb not null, occurred_at timestamptz not null,
        primary key (workspace_id, ticket_id, kind, source, external_id));
      create index pending_link_by_name on pending_link (workspace_id, source, external_id);
      create index pending_link_by_target on pending_link (workspace_id, target_id);
      create table primary_link_push (
        workspace_id uuid not null, ticket_id uuid not null, primary_master_id uuid, link_id uuid,
        link_version bigint not null, touched_master_id uuid not null,
        due_at timestamptz not null default clock_timestamp(),
        primary key (workspace_id, ticket_id));
      create index primary_link_push_due on primary_link_push (due_at);
      create index primary_link_push_of_master on primary_link_push (workspace_id, touched_master_id)`)
    await secureTables(knex, 'linking', ['ticket_role', 'role_change', 'link', 'pending_link', 'primary_link_push'])
    await grantClaimer(knex, 'linking', 'ticket_role', {
      select: [
        'workspace_id',
        'ticket_id',
        'push_due_at',
        'check_due_at',
        'master',
        'role_version',
        'acknowledged_version',
      ],
      update: ['push_due_at', 'check_due_at'],
    })
    await grantClaimer(knex, 'linking', 'primary_link_push', { select: ['workspace_id', 'ticket_id', 'due_at'] })
  },
}
