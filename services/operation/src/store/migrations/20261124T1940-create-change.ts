import { type Migration, secureTables } from '@umbel/service-kit/store'

const tables = `
create table operation_change (
  workspace_id uuid not null,
  operation_id uuid not null,
  version bigint not null,
  snapshot jsonb not null,
  primary key (workspace_id, operation_id, version),
  foreign key (workspace_id, operation_id) references operation on delete cascade
);
`

/** What each operation was like after each of its changes: what live streams tell and replay. It goes with its operation. */
export const createChange: Migration = {
  name: '20261124T1940-create-change',
  async up(knex) {
    await knex.raw(tables)
    await secureTables(knex, 'operation', ['operation_change'], ['select', 'insert', 'delete'])
  },
}
