import type { Knex } from 'knex'

/**
 * Tells the planner of each table that was never analysed that one workspace may own all its rows. A plan made while
 * the table is empty would else take `workspace_id = ?` for as narrow as the key, read the whole workspace for each
 * row, and stay so until the first ANALYZE; Postgres keeps what it measures itself from then on.
 */
export async function seedStatistics(knex: Knex): Promise<void> {
  await knex.raw(`
    select pg_restore_attribute_stats('schemaname', 'public', 'relname', c.relname::text, 'attname', a.attname::text,
             'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 1::real)
      from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.reltuples < 0
       and a.attname = 'workspace_id'`)
}
