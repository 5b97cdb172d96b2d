import type { World } from './world.ts'

const services = ['ticket', 'linking', 'notification', 'operation'] as const

/** How messages come and go, and who holds which lease; not what is known. */
const TRAFFIC = /^(outbox|inbox|relay_shard|parked_key|parked_message|knex_migrations.*)$/

/** The content of every table of every service: how many rows, and a digest of them all. */
export async function stateOf(world: World): Promise<Record<string, string>> {
  const state: Record<string, string> = {}
  for (const service of services) {
    const tables = await world.sql<{ name: string }>(
      service,
      "select tablename as name from pg_tables where schemaname = 'public' order by tablename",
    )
    for (const { name } of tables.filter((table) => !TRAFFIC.test(table.name))) {
      const [row] = await world.sql<{ rows: string; digest: string | null }>(
        service,
        `select count(*) as rows, md5(string_agg(t::text, e'\\n' order by t::text)) as digest from "${name}" t`,
      )
      state[`${service}.${name}`] = `${row?.rows} rows ${row?.digest ?? ''}`
    }
  }
  return state
}
