import type { Migration } from '@umbel/service-kit/store'

/** Plans that nobody started in time are forgotten too. */
export const forgetPlans: Migration = {
  name: '20261124T2025-forget-plans',
  async up(knex) {
    await knex.raw(`
      create index operation_unstarted on operation (expires_at)
        where accepted_at is null and finished_at is null and results_forgotten_at is null;
      grant select (expires_at) on operation to operation_claimer`)
  },
}
