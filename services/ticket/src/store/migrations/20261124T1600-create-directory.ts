import { grantClaimer, secureTables } from '@umbel/service-kit/store'
import type { Knex } from 'knex'

/** Who and what tickets refer to, and what sources call them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table workspace (
      workspace_id uuid primary key, slug text not null, name text not null, mail_domain text not null);
    create table source (
      workspace_id uuid not null references workspace, source text not null, notifies boolean not null,
      primary key (workspace_id, source));
    create table agent (
      workspace_id uuid not null references workspace, agent_id uuid not null, name text not null, email text,
      role text not null check (role in ('admin', 'agent', 'light_agent')), version bigint not null,
      primary key (workspace_id, agent_id));
    create table agent_group (
      workspace_id uuid not null references workspace, group_id uuid not null, name text not null,
      private boolean not null, version bigint not null, primary key (workspace_id, group_id));
    create table group_member (
      workspace_id uuid not null, group_id uuid not null, agent_id uuid not null,
      primary key (workspace_id, group_id, agent_id),
      foreign key (workspace_id, group_id) references agent_group,
      foreign key (workspace_id, agent_id) references agent);
    create index group_member_by_agent on group_member (workspace_id, agent_id);
    create table customer (
      workspace_id uuid not null references workspace, customer_id uuid not null, name text not null,
      version bigint not null, primary key (workspace_id, customer_id));
    create table project (
      workspace_id uuid not null references workspace, project_id uuid not null, name text not null,
      version bigint not null, primary key (workspace_id, project_id));
    create table requester (
      workspace_id uuid not null references workspace, requester_id uuid not null, name text not null, email text,
      customer_id uuid, version bigint not null, primary key (workspace_id, requester_id),
      foreign key (workspace_id, customer_id) references customer);
    create unique index requester_by_email on requester (workspace_id, lower(email)) where email is not null;
    create table directory_upstream (
      workspace_id uuid not null, source text not null, kind text not null, external_id text not null,
      directory_id uuid not null, primary key (workspace_id, source, kind, external_id),
      foreign key (workspace_id, source) references source)`)
  await secureTables(knex, 'ticket', [
    'workspace',
    'source',
    'agent',
    'agent_group',
    'group_member',
    'customer',
    'project',
    'requester',
    'directory_upstream',
  ])
  await grantClaimer(knex, 'ticket', 'workspace', { select: ['workspace_id'] })
}
