import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The tree's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))
export const readText = (path: string): string => readFileSync(root + path, 'utf8')

/** Every service there is. */
export const services: readonly string[] = readdirSync(`${root}services`).sort()

/** An environment variable that a service's config.ts reads. */
export interface Variable {
  readonly name: string
  /** Whether the service starts without it. */
  readonly optional: boolean
}

// `  NAME: schema,` at the first level of a shape, up to the next one or its end
const ROW = /^ {2}([A-Z][A-Z0-9_]+): ([\s\S]*?),$(?=\n(?: {2}[A-Z}]|\}| {2}\/))/gm
const USUAL = /\.default\(|\.optional\(|setting\.(?:port|role|host|kafkaTopicPrefix|logLevel)/

/** What `services/<name>/src/config.ts` reads, with what the store's helpers read for it. */
export function variablesOf(service: string): readonly Variable[] {
  const path = `services/${service}/src/config.ts`
  if (!existsSync(root + path)) throw new Error(`${path} is missing: every service reads its settings there`)
  const text = readText(path)
  const own = [...text.matchAll(ROW)].map(([, name = '', schema = '']) => ({ name, optional: USUAL.test(schema) }))
  return /readDatabaseUrls|readServiceDatabase/.test(text) ? [...own, ...databaseVariables(service)] : own
}

function databaseVariables(service: string): readonly Variable[] {
  const word = service.toUpperCase()
  const roles = ['_DB_URL', '_DB_OWNER_URL', '_DB_RELAY_URL', '_DB_CLAIMER_URL', '_DB_NAME']
  return ['DATABASE_URL', 'DB_ROLE_SECRET', ...roles.map((role) => word + role)].map((name) => ({
    name,
    optional: true,
  }))
}

/** What the local stack reads for itself: ports, folders, and the servers that are given. */
export function localVariables(): readonly string[] {
  const settings = readText('deploy/local/src/settings.ts')
  const infra = readText('deploy/local/src/infra/config.ts')
  const named = [...settings.matchAll(/port\('([A-Z_]+)'|process\.env\.([A-Z_]+)/g)]
  const given = [...infra.matchAll(/'([A-Z]+_[A-Z]+)'|process\.env\.([A-Z]+_[A-Z]+)/g)]
  return [...named, ...given].map(([, quoted, dotted]) => quoted ?? dotted ?? '')
}
