import { createHmac } from 'node:crypto'
import pg from 'pg'

/** The four roles of a service: owner migrates, app works under row policies, relay reads the outbox, claimer finds due work. */
export const roleNames = ['owner', 'app', 'relay', 'claimer'] as const
export type RoleName = (typeof roleNames)[number]

/** One URL for each role of one service's database. */
export type DatabaseUrls = Readonly<Record<RoleName, string>>

export interface ServiceDatabase {
  /** A superuser's URL to any database of the server. */
  readonly adminUrl: string
  /** The service, as in `ticket`. */
  readonly service: string
  /** `umbel_<service>` unless told. */
  readonly name?: string
  /** What the roles' passwords are derived from. */
  readonly secret: string
}

export const databaseName = ({ service, name }: Pick<ServiceDatabase, 'service' | 'name'>): string =>
  name ?? `umbel_${service.replaceAll('-', '_')}`

const roleOf = (service: string, role: RoleName): string => `${service.replaceAll('-', '_')}_${role}`

/** Where each role connects; the passwords are an HMAC of the role's name, so that nothing needs to be kept. */
export function databaseUrls(database: ServiceDatabase): DatabaseUrls {
  const url = (role: RoleName): string => {
    const found = new URL(database.adminUrl)
    found.username = roleOf(database.service, role)
    found.password = password(database.secret, found.username)
    found.pathname = `/${databaseName(database)}`
    return found.href
  }
  return { owner: url('owner'), app: url('app'), relay: url('relay'), claimer: url('claimer') }
}

const password = (secret: string, role: string): string => createHmac('sha256', secret).update(role).digest('base64url')

/** Makes the roles and the database where they are missing. Doing it again changes nothing. */
export async function createDatabase(database: ServiceDatabase): Promise<DatabaseUrls> {
  const name = databaseName(database)
  const owner = roleOf(database.service, 'owner')
  await asAdmin(database.adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock(hashtext($1))', ['umbel-roles'])
    for (const role of roleNames) await ensureRole(admin, roleOf(database.service, role), database.secret)
    const found = await admin.query('select from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await admin.query(`create database ${pg.escapeIdentifier(name)} owner ${owner}`)
  })
  const here = new URL(database.adminUrl)
  here.pathname = `/${name}`
  await asAdmin(here.href, async (admin) => {
    const everyone = roleNames.map((role) => roleOf(database.service, role)).join(', ')
    await admin.query(`alter schema public owner to ${owner}`)
    // other services' roles live on the same server and have no business here
    await admin.query(`revoke all on database ${pg.escapeIdentifier(name)} from public`)
    await admin.query(`grant connect on database ${pg.escapeIdentifier(name)} to ${everyone}`)
    await admin.query(`revoke all on schema public from public; grant usage on schema public to ${everyone}`)
  })
  return databaseUrls(database)
}

async function ensureRole(admin: pg.Client, role: string, secret: string): Promise<void> {
  const found = await admin.query('select from pg_roles where rolname = $1', [role])
  const options = `login nosuperuser nobypassrls nocreatedb nocreaterole password ${pg.escapeLiteral(password(secret, role))}`
  await admin.query(`${found.rowCount === 0 ? 'create' : 'alter'} role ${role} ${options}`)
}

async function asAdmin(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
