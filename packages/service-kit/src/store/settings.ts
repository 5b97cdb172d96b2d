import { SettingError } from '../env.ts'
import { type DatabaseUrls, databaseUrls, roleNames, type ServiceDatabase } from './roles.ts'

/**
 * What a service's migration needs: DATABASE_URL, and optionally `<SERVICE>_DB_NAME` and DB_ROLE_SECRET, from which the
 * roles' passwords are derived. Without it that is the administrator's password: whoever has it may set them anyway.
 */
export function readServiceDatabase(service: string, env: NodeJS.ProcessEnv): ServiceDatabase {
  const adminUrl = env.DATABASE_URL
  if (!adminUrl)
    throw new SettingError(
      'DATABASE_URL is not set; for example DATABASE_URL=postgres://postgres:secret@127.0.0.1:5432/postgres',
    )
  const name = env[`${word(service)}_DB_NAME`]
  const secret = env.DB_ROLE_SECRET || decodeURIComponent(new URL(adminUrl).password) || 'umbel'
  return { adminUrl, service, secret, ...(name ? { name } : {}) }
}

/**
 * Where a service's roles connect: `<SERVICE>_DB_URL`, `_DB_RELAY_URL` and `_DB_CLAIMER_URL` where they are given, else
 * derived from DATABASE_URL as the migration made them.
 */
export function readDatabaseUrls(service: string, env: NodeJS.ProcessEnv): DatabaseUrls {
  const prefix = word(service)
  const app = env[`${prefix}_DB_URL`]
  if (!app) return databaseUrls(readServiceDatabase(service, env))
  const given = {
    app,
    owner: env[`${prefix}_DB_OWNER_URL`] ?? '',
    relay: env[`${prefix}_DB_RELAY_URL`],
    claimer: env[`${prefix}_DB_CLAIMER_URL`],
  }
  const missing = roleNames.find((role) => given[role] === undefined)
  if (missing !== undefined)
    throw new SettingError(
      `${prefix}_DB_${missing.toUpperCase()}_URL is not set, and ${prefix}_DB_URL is: give all of them`,
    )
  return given as DatabaseUrls
}

const word = (service: string): string => service.toUpperCase().replaceAll('-', '_')
