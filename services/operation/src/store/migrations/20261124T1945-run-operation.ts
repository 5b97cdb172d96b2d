import type { Migration } from '@umbel/service-kit/store'

const tables = `
alter table operation
  add column page_due_at timestamptz,
  add column watch_at timestamptz,
  add column queue_position int not null default 0,
  add column retries_mails boolean not null default false;
create index operation_queue on operation (workspace_id, queued_at, operation_id) where queued_at is not null;
create index operation_open on operation (workspace_id, operation_id) where accepted_at is not null and closed_at is null;
create index operation_watch on operation (watch_at) where watch_at is not null;

alter table operation_item add column asked boolean not null default false;
create index operation_item_failed on operation_item (workspace_id, operation_id) where state = 'failed';

grant select (state, step, lane, accepted_at, closed_at, queued_at, waiting_until, watch_at)
  on operation to operation_claimer;
`

/** The queue of each workspace, the pace of its operations, and what their workflows are watched by. */
export const runOperation: Migration = {
  name: '20261124T1945-run-operation',
  async up(knex) {
    await knex.raw(tables)
  },
}
