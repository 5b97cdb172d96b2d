import type { Migration } from '@umbel/service-kit/store'

/** When a catch-up last took up again whom it had failed: it begins anew for them, behind what was planned since. */
export const retriedAt: Migration = {
  name: '20261125T1250-retried-at',
  async up(knex) {
    await knex.raw('alter table operation add column retried_at timestamptz')
  },
}
