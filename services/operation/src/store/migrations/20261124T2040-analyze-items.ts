import type { Migration } from '@umbel/service-kit/store'

/** Thousands of items come with one plan and are run at once: their statistics cannot wait for autovacuum. */
export const analyzeItems: Migration = {
  name: '20261124T2040-analyze-items',
  up: async (knex) => void (await knex.raw('grant maintain on operation_item to operation_app')),
}
