import type { Migration } from '@umbel/service-kit/store'

/** Results are kept for a while; then an operation is its counts and its record. */
export const forgetResultsColumn: Migration = {
  name: '20261124T2005-forget-results',
  async up(knex) {
    await knex.raw(`
      alter table operation add column results_forgotten_at timestamptz;
      create index operation_results on operation (finished_at)
        where finished_at is not null and results_forgotten_at is null;
      grant select (finished_at, results_forgotten_at) on operation to operation_claimer`)
  },
}
