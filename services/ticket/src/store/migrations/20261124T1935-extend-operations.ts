import type { Knex } from 'knex'

/** What operations of every kind need: who waits, which language, what a text said to whom, and what to put back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ticket add column customer_waits boolean not null default false,
      add column synced_master_version bigint not null default 0;
    alter table requester add column locale text;
    alter table comment add column values jsonb;
    alter table operation_effect add column moved boolean not null default false,
      add column before text not null default '', add column after text not null default '',
      add column requester_id uuid, add column found jsonb`)
}
