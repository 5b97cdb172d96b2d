import { type Migration, secureTables } from '@umbel/service-kit/store'

/**
 * How far an operation has come in its items, and why some of them failed: neither is found anew among all of them with
 * every page.
 */
export const keepThePlace: Migration = {
  name: '20261125T0030-keep-the-place',
  async up(knex) {
    await knex.raw(`
      alter table operation_progress add column ended_up_to int not null default 0;
      create table operation_failure (
        workspace_id uuid not null,
        operation_id uuid not null,
        reason text not null,
        n int not null,
        primary key (workspace_id, operation_id, reason),
        foreign key (workspace_id, operation_id) references operation on delete cascade
      )`)
    await secureTables(knex, 'operation', ['operation_failure'])
    await knex.raw(`
      alter table operation_item no force row level security;
      alter table operation_failure no force row level security;
      insert into operation_failure (workspace_id, operation_id, reason, n)
      select workspace_id, operation_id, reason, count(*) from operation_item
       where state = 'failed' group by workspace_id, operation_id, reason;
      alter table operation_item force row level security;
      alter table operation_failure force row level security`)
  },
}
