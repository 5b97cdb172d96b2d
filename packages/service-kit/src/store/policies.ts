import { isolation } from '@umbel/messaging'
import type { Knex } from 'knex'

/** What the app role may do with a table's rows. */
export type Grant = 'select' | 'insert' | 'update' | 'delete'

const everything: readonly Grant[] = ['select', 'insert', 'update', 'delete']

/** Puts tables behind the workspace wall: row-level security, forced for owner and app alike, and the app's grants. */
export async function secureTables(
  knex: Knex,
  service: string,
  tables: readonly string[],
  grants: readonly Grant[] = everything,
): Promise<void> {
  for (const table of tables) {
    await knex.raw(`
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy of_workspace on ${table} using (${isolation.policy}) with check (${isolation.policy});
      grant ${grants.join(', ')} on ${table} to ${roleWord(service)}_app`)
  }
}

/** Lets the claimer see and move these columns of a queue table, over all workspaces. */
export async function grantClaimer(
  knex: Knex,
  service: string,
  table: string,
  columns: { readonly select: readonly string[]; readonly update?: readonly string[] },
): Promise<void> {
  const claimer = `${roleWord(service)}_claimer`
  const { select, update = [] } = columns
  await knex.raw(`create policy for_claimer on ${table} to ${claimer} using (true) with check (true)`)
  await knex.raw(`grant select (${select.join(', ')}) on ${table} to ${claimer}`)
  if (update.length > 0) await knex.raw(`grant update (${update.join(', ')}) on ${table} to ${claimer}`)
}

const roleWord = (service: string): string => service.replaceAll('-', '_')
