import type { Client } from 'pg'
import { runName, serverFrom, worldName } from './world.ts'

/** A database of one test file, with the URL of each of its roles. */
export interface TestDatabase<Urls> extends AsyncDisposable {
  readonly name: string
  readonly urls: Urls
  /** The superuser's URL to this database, past every row policy: for looking, and for doing harm on purpose. */
  readonly adminUrl: string
}

/** Creates the named database, migrates it and returns a URL for each role; must close what it opens. */
export type MigrateTemplate<Urls> = (adminUrl: string, databaseName: string) => Promise<Urls>

/**
 * A fresh, migrated database, cloned from a template that is made once for each service and test run. Dropped on
 * dispose, whoever is still connected.
 */
export async function createTestDatabase<Urls extends { readonly [Role in keyof Urls]: string }>(
  service: string,
  migrateTemplate: MigrateTemplate<Urls>,
): Promise<TestDatabase<Urls>> {
  const word = service.replaceAll('-', '_')
  const name = `test_${word}_${worldName()}`
  const template = `template_${runName()}_${word}`
  const urls = await asAdmin(async (admin) => {
    const made = await templateUrls(admin, template, migrateTemplate)
    await admin.query(`create database ${name} template ${template}`)
    return made
  })
  const drop = () => asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`))
  const moved = Object.entries<string>(urls).map(([role, url]) => [role, withDatabase(url, name)])
  return {
    name,
    urls: Object.fromEntries(moved) as Urls, // the same keys with other strings
    adminUrl: withDatabase(serverFrom('DATABASE_URL'), name),
    [Symbol.asyncDispose]: async () => void (await drop()),
  }
}

/** Drops the templates of this run; for the end of it. */
export async function dropTemplates(): Promise<void> {
  await asAdmin(async (admin) => {
    const like = `template_${runName()}_%`
    const found = await admin.query<{ datname: string }>('select datname from pg_database where datname like $1', [
      like,
    ])
    for (const { datname } of found.rows) await admin.query(`drop database if exists ${datname} with (force)`)
  })
}

/** The template's URLs are kept as its comment, which says at the same time that it is finished. */
async function templateUrls<Urls>(admin: Client, template: string, migrate: MigrateTemplate<Urls>): Promise<Urls> {
  // held until this connection ends or lets go: test files start together, and one of them makes the template
  await admin.query('select pg_advisory_lock(hashtext($1))', [template])
  try {
    const made = await admin.query<{ urls: string | null }>(
      "select shobj_description(oid, 'pg_database') as urls from pg_database where datname = $1",
      [template],
    )
    const urls = made.rows[0]?.urls
    if (urls) return JSON.parse(urls)
    await admin.query(`drop database if exists ${template} with (force)`)
    const fresh = await migrate(serverFrom('DATABASE_URL'), template)
    await admin.query(`comment on database ${template} is ${admin.escapeLiteral(JSON.stringify(fresh))}`)
    return fresh
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [template])
  }
}

async function asAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg')
  const admin = new pg.Client({ connectionString: serverFrom('DATABASE_URL') })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

function withDatabase(url: string, database: string): string {
  const moved = new URL(url)
  moved.pathname = `/${database}`
  return moved.href
}
