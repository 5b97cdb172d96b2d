import { readEnv, setting } from '@umbel/service-kit'
import { type DatabaseUrls, databaseUrls } from '@umbel/service-kit/store'
import { z } from 'zod'

export interface LinkingConfig {
  /** rpc: what people wait for; background: consumers, relay, sweeps; all: both. */
  readonly role: 'rpc' | 'background' | 'all'
  readonly host: string
  /** 0: any free one. */
  readonly rpcPort: number
  readonly healthPort: number
  readonly databases: Pick<DatabaseUrls, 'app' | 'relay' | 'claimer'>
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  readonly issuer: string
  readonly clientSecret: string
  readonly ticketAddress: string
  readonly logLevel: string
  /** Seconds between two checks of the same master's rollup. */
  readonly checkEveryS: number
  /** Milliseconds that an event may be on its way before what it says counts as lost. */
  readonly checkGraceMs: number
}

const database = (role: string) =>
  z.url().optional().describe(`postgres://linking_${role}:secret@127.0.0.1:5432/umbel_linking`)

const shape = {
  LINKING_ROLE: setting.role,
  LINKING_HOST: z.string().default('127.0.0.1').describe('127.0.0.1'),
  LINKING_RPC_PORT: setting.port(7111),
  LINKING_HEALTH_PORT: setting.port(7112),
  LINKING_CHECK_EVERY_S: z.coerce.number().int().positive().default(600).describe('600'),
  LINKING_CHECK_GRACE_MS: z.coerce.number().int().min(0).default(2_000).describe('2000'),
  LINKING_DB_URL: database('app'),
  LINKING_DB_RELAY_URL: database('relay'),
  LINKING_DB_CLAIMER_URL: database('claimer'),
  DATABASE_URL: z.url().optional().describe('postgres://postgres:secret@127.0.0.1:5432/postgres'),
  KAFKA_BROKERS: z.string().min(1).describe('127.0.0.1:9092'),
  KAFKA_TOPIC_PREFIX: z.string().default('').describe('staging.'),
  OIDC_ISSUER: setting.url('http://127.0.0.1:7300'),
  SERVICE_CLIENT_SECRET: z.string().min(1).describe('secret'),
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:7101'),
  LOG_LEVEL: setting.logLevel,
} as const

export const readLinkingEnv = (env: NodeJS.ProcessEnv = process.env) => readEnv(shape, env)

/** Throws an Error that names the variable that is missing. */
export function toConfig(env: ReturnType<typeof readLinkingEnv>): LinkingConfig {
  return {
    role: env.LINKING_ROLE,
    host: env.LINKING_HOST,
    rpcPort: env.LINKING_RPC_PORT,
    healthPort: env.LINKING_HEALTH_PORT,
    databases: databasesOf(env),
    kafka: { brokers: env.KAFKA_BROKERS.split(','), topicPrefix: env.KAFKA_TOPIC_PREFIX },
    issuer: env.OIDC_ISSUER,
    clientSecret: env.SERVICE_CLIENT_SECRET,
    ticketAddress: env.TICKET_RPC_ADDRESS,
    logLevel: env.LOG_LEVEL,
    checkEveryS: env.LINKING_CHECK_EVERY_S,
    checkGraceMs: env.LINKING_CHECK_GRACE_MS,
  }
}

/** Each role's URL as given, or as it follows from the administrator's. */
function databasesOf(env: ReturnType<typeof readLinkingEnv>): LinkingConfig['databases'] {
  const derived = env.DATABASE_URL === undefined ? undefined : databaseUrls(linkingDatabase(env.DATABASE_URL))
  const app = env.LINKING_DB_URL ?? derived?.app
  const relay = env.LINKING_DB_RELAY_URL ?? derived?.relay
  const claimer = env.LINKING_DB_CLAIMER_URL ?? derived?.claimer
  if (app === undefined || relay === undefined || claimer === undefined)
    throw new Error(
      'give LINKING_DB_URL, LINKING_DB_RELAY_URL and LINKING_DB_CLAIMER_URL, or DATABASE_URL for all of them',
    )
  return { app, relay, claimer }
}

/** The administrator's password is the secret of the roles' passwords: whoever has it could set them anyway. */
export const linkingDatabase = (adminUrl: string, name?: string) => ({
  adminUrl,
  service: 'linking',
  secret: new URL(adminUrl).password || 'umbel',
  ...(name === undefined ? {} : { name }),
})

/** Where the schema is brought up to date: the administrator's URL. */
export function readMigrateEnv(env: NodeJS.ProcessEnv = process.env): string {
  return readEnv({ DATABASE_URL: z.url().describe('postgres://postgres:secret@127.0.0.1:5432/postgres') }, env)
    .DATABASE_URL
}
