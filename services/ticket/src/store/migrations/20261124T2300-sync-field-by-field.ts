import type { Knex } from 'knex'

/**
 * A later sync of one field leaves an earlier one of another alone. Which fields the one version was about that was kept
 * so far is not known: what is asked for next decides.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ticket add column synced_versions jsonb not null default '{}', drop column synced_master_version`)
}
