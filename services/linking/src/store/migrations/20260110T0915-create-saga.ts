import { grantClaimer, idempotencyTable, type Migration, secureTables } from '@umbel/service-kit/store'

export const createSaga: Migration = {
  name: '20260110T0915-create-saga',
  async up(knex) {
    await knex.raw(`
      create table open_master (
        workspace_id uuid not null, saga_id uuid not null, actor_id text not null, digest bytea not null,
        master_id uuid not null, step text not null, plan jsonb not null, cause jsonb not null,
        answer jsonb, failure jsonb, tries integer not null default 0,
        leased boolean not null default true,
        due_at timestamptz not null default clock_timestamp(), created_at timestamptz not null default clock_timestamp(),
        done_at timestamptz,
        primary key (workspace_id, saga_id));
      create index open_master_due on open_master (due_at) where done_at is null`)
    await secureTables(knex, 'linking', ['open_master'])
    await grantClaimer(knex, 'linking', 'open_master', {
      select: ['workspace_id', 'saga_id', 'due_at', 'done_at'],
    })
    await idempotencyTable(knex, 'linking')
  },
}
