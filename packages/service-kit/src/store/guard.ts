import { unavailable } from '@umbel/kernel'
import type { Database } from './database.ts'

/** Refuses to work as a role that row policies do not bind: a superuser, one with BYPASSRLS, or the tables' owner. */
export async function assertAppRole(database: Database): Promise<void> {
  const { rows } = await database.transaction((trx) =>
    // by membership too: what a role may become, it may do
    trx.raw<{ rows: { role: string; unbound: boolean }[] }>(`
      select current_user as role,
        exists (select from pg_roles
                 where (rolsuper or rolbypassrls) and pg_has_role(current_user, oid, 'member'))
        or exists (select from pg_tables
                    where schemaname = 'public' and pg_has_role(current_user, tableowner, 'member')) as unbound`),
  )
  const [found] = rows
  if (found?.unbound !== false)
    throw unavailable(
      'role-unbound',
      `the role ${found?.role} is not bound by row policies: give the URL of the app role`,
    )
}
