import type { Migration } from '@umbel/service-kit/store'

/**
 * An operation moves each of its items twice in moments. With no index on its state and room for both versions beside
 * it, no index learns of that. Items that wait, or failed, are found along the primary key.
 */
export const moveItemsInPlace: Migration = {
  name: '20261124T2350-move-items-in-place',
  up: async (knex) => {
    await knex.raw(`
      drop index operation_item_waiting;
      drop index operation_item_failed;
      alter table operation_item set (fillfactor = 45)`)
  },
}
