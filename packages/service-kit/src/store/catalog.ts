import type pg from 'pg'

/** A place where the schema breaks the wall between workspaces. */
export interface CatalogBreach {
  readonly table: string
  readonly what: string
}

export interface CatalogOptions {
  /** Tables that hold nothing of any workspace, by name. */
  readonly exempt?: readonly string[]
}

const POLICY_FORM =
  /^\(workspace_id = \( SELECT \(NULLIF\(current_setting\('umbel\.workspace_id'::text, true\), ''::text\)\)::uuid/

/** Walks the catalog and names every table without the wall: security on and forced, the policy in its form, keys led by the workspace. */
export async function auditCatalog(client: pg.Client, { exempt = [] }: CatalogOptions = {}): Promise<CatalogBreach[]> {
  const spared = new Set(['schema_migration', 'schema_migration_lock', ...exempt])
  const tables = (await client.query<TableRow>(TABLES)).rows.filter(({ table }) => !spared.has(table))
  return tables.flatMap((row) => breachesOf(row).map((what) => ({ table: row.table, what })))
}

interface TableRow {
  readonly table: string
  readonly enabled: boolean
  readonly forced: boolean
  readonly using: string | null
  readonly check: string | null
  readonly keys: readonly { readonly name: string; readonly first: string }[] | null
}

const TABLES = `
  select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
    (select json_agg(json_build_object('name', k.conname, 'first', a.attname))
       from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      where k.conrelid = c.oid and k.contype in ('p', 'u', 'f')) as keys
    from pg_class c
    left join pg_policy p on p.polrelid = c.oid and p.polname = 'of_workspace'
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
   order by c.relname`

function breachesOf({ enabled, forced, using, check, keys }: TableRow): string[] {
  const breaches: string[] = []
  if (!enabled) breaches.push('row-level security is off')
  if (!forced) breaches.push('row-level security is not forced')
  if (using === null) breaches.push('there is no workspace policy')
  else if (!POLICY_FORM.test(using) || !POLICY_FORM.test(check ?? ''))
    breaches.push('the workspace policy has another form')
  if (keys === null) breaches.push('there is no key')
  for (const { name, first } of keys ?? [])
    if (first !== 'workspace_id') breaches.push(`${name} is not led by workspace_id`)
  return breaches
}
