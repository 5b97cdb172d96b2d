import { homedir } from 'node:os'
import { join } from 'node:path'

/** The variables that replace a server of the local stack. */
export type GivenBy = 'DATABASE_URL' | 'KAFKA_BROKERS' | 'TEMPORAL_ADDRESS' | 'SMTP_URL' | 'OIDC_ISSUER'

/** The value of a variable, or undefined when it is unset or empty. */
export const givenAddress = (variable: GivenBy): string | undefined => process.env[variable] || undefined

/** Downloads and unpacked binaries live here, outside the tree: `UMBEL_CACHE`, or `~/.cache/umbel`. */
export const cacheFolder = (): string => process.env.UMBEL_CACHE || join(homedir(), '.cache', 'umbel')

/** The folders that `PATH` names. */
export const pathFolders = (): readonly string[] => (process.env.PATH ?? '').split(':').filter(Boolean)

/** The environment a child process gets: ours, with some values of its own. */
export const childEnv = (own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({ ...process.env, ...own })
