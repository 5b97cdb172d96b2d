import type { Migration } from '@umbel/service-kit/store'

/** When a catch-up last took up again whom it had failed to reach: plans made before know them as not reached. */
export const dateRetries: Migration = {
  name: '20261125T1250-date-retries',
  async up(knex) {
    await knex.raw('alter table operation add column retried_at timestamptz')
  },
}
