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
  /^\(workspace_id = \( SELECT \(NULLIF\(current_setting\('umbel\.workspace_id'::text, true\), ''::text\)\)::uuid AS "?\w+"?\)\)$/

/**
 * Walks the catalog and names every hole in the wall: security off or not forced, no policy or one of another form, a
 * second policy that opens the table to the app, a key not led by the workspace, a claimer that reads whole rows.
 */
export async function auditCatalog(client: pg.Client, { exempt = [] }: CatalogOptions = {}): Promise<CatalogBreach[]> {
  const spared = new Set(['schema_migration', 'schema_migration_lock', ...exempt])
  const tables = (await client.query<TableRow>(TABLES)).rows.filter(({ table }) => !spared.has(table))
  return tables.flatMap((row) => breachesOf(row).map((what) => ({ table: row.table, what })))
}

interface PolicyRow {
  readonly name: string
  /** Applies to the app: named, or by way of everybody. */
  readonly app: boolean
  readonly everything: boolean
  readonly using: string | null
  readonly check: string | null
}

interface TableRow {
  readonly table: string
  readonly enabled: boolean
  readonly forced: boolean
  readonly policies: readonly PolicyRow[] | null
  /** Primary keys, unique indexes and both ends of foreign keys, each with its first column. */
  readonly keys: readonly { readonly name: string; readonly first: string | null }[] | null
  readonly wide: readonly string[] | null
}

const TABLES = `
  select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    (select json_agg(json_build_object(
         'name', p.polname, 'everything', p.polcmd = '*',
         'app', 0 = any (p.polroles) or exists (
           select from pg_roles r where r.oid = any (p.polroles) and r.rolname like '%\\_app'),
         'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
       order by p.polname) from pg_policy p where p.polrelid = c.oid and p.polpermissive) as policies,
    (select json_agg(k order by k.name) from (
       select i.indexrelid::regclass::text as name, a.attname as first
         from pg_index i left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisunique
       union all
       select f.conname, case when own.attname = 'workspace_id' then other.attname else own.attname end
         from pg_constraint f
         join pg_attribute own on own.attrelid = f.conrelid and own.attnum = f.conkey[1]
         join pg_attribute other on other.attrelid = f.confrelid and other.attnum = f.confkey[1]
        where f.conrelid = c.oid and f.contype = 'f') k) as keys,
    (select json_agg(distinct r.rolname) from aclexplode(c.relacl) g join pg_roles r on r.oid = g.grantee
      where r.rolname like '%\\_claimer') as wide
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
   order by c.relname`

function breachesOf({ enabled, forced, policies, keys, wide }: TableRow): string[] {
  const breaches: string[] = []
  if (!enabled) breaches.push('row-level security is off')
  if (!forced) breaches.push('row-level security is not forced')
  breaches.push(...policyBreaches(policies ?? []))
  if (keys === null) breaches.push('there is no key')
  for (const { name, first } of keys ?? [])
    if (first !== 'workspace_id') breaches.push(`${name} is not led by workspace_id`)
  for (const role of wide ?? []) breaches.push(`${role} reaches whole rows: grant it columns`)
  return breaches
}

function policyBreaches(policies: readonly PolicyRow[]): string[] {
  const forApp = policies.filter(({ app }) => app)
  if (!forApp.some(({ everything }) => everything)) return ['there is no workspace policy']
  const bent = forApp.filter(({ using, check }) => !isWall(using) || !isWall(check))
  return bent.map(({ name }) =>
    name === 'of_workspace' ? 'the workspace policy has another form' : `the policy ${name} opens it to the app`,
  )
}

const isWall = (expression: string | null): boolean => POLICY_FORM.test(expression ?? '')
