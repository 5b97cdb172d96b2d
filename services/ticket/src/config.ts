import { readEnv, setting } from '@umbel/service-kit'
import { type DatabaseUrls, databaseUrls } from '@umbel/service-kit/store'
import { z } from 'zod'

export interface TicketConfig {
  /** rpc: what people wait for; background: pages of operations, consumers, relay, sweeps; all: both on one port. */
  readonly role: 'rpc' | 'background' | 'all'
  readonly host: string
  /** 0: any free one. */
  readonly rpcPort: number
  readonly healthPort: number
  readonly databases: Pick<DatabaseUrls, 'app' | 'relay' | 'claimer'>
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  readonly issuer: string
  readonly logLevel: string
  /** Days after which a solved ticket is closed for good. */
  readonly closeAfterDays: number
}

const shape = {
  TICKET_ROLE: setting.role,
  TICKET_HOST: z.string().default('127.0.0.1').describe('127.0.0.1'),
  TICKET_RPC_PORT: setting.port(7101),
  TICKET_HEALTH_PORT: setting.port(7102),
  TICKET_CLOSE_AFTER_DAYS: z.coerce.number().int().positive().default(28).describe('28'),
  TICKET_DB_URL: z.url().optional().describe('postgres://ticket_app:secret@127.0.0.1:5432/umbel_ticket'),
  TICKET_DB_RELAY_URL: z.url().optional().describe('postgres://ticket_relay:secret@127.0.0.1:5432/umbel_ticket'),
  TICKET_DB_CLAIMER_URL: z.url().optional().describe('postgres://ticket_claimer:secret@127.0.0.1:5432/umbel_ticket'),
  DATABASE_URL: z.url().optional().describe('postgres://postgres:secret@127.0.0.1:5432/postgres'),
  KAFKA_BROKERS: z.string().min(1).describe('127.0.0.1:9092'),
  KAFKA_TOPIC_PREFIX: z.string().default('').describe('staging.'),
  OIDC_ISSUER: setting.url('http://127.0.0.1:7300'),
  LOG_LEVEL: setting.logLevel,
} as const

export const readTicketEnv = (env: NodeJS.ProcessEnv = process.env) => readEnv(shape, env)

/** Throws an Error that names the variable that is missing. */
export function toConfig(env: ReturnType<typeof readTicketEnv>): TicketConfig {
  return {
    role: env.TICKET_ROLE,
    host: env.TICKET_HOST,
    rpcPort: env.TICKET_RPC_PORT,
    healthPort: env.TICKET_HEALTH_PORT,
    databases: databasesOf(env),
    kafka: { brokers: env.KAFKA_BROKERS.split(','), topicPrefix: env.KAFKA_TOPIC_PREFIX },
    issuer: env.OIDC_ISSUER,
    logLevel: env.LOG_LEVEL,
    closeAfterDays: env.TICKET_CLOSE_AFTER_DAYS,
  }
}

/** Each role's URL as given, or as it follows from the administrator's. */
function databasesOf(env: ReturnType<typeof readTicketEnv>): TicketConfig['databases'] {
  const derived = env.DATABASE_URL === undefined ? undefined : databaseUrls(ticketDatabase(env.DATABASE_URL))
  const app = env.TICKET_DB_URL ?? derived?.app
  const relay = env.TICKET_DB_RELAY_URL ?? derived?.relay
  const claimer = env.TICKET_DB_CLAIMER_URL ?? derived?.claimer
  if (app === undefined || relay === undefined || claimer === undefined)
    throw new Error(
      'give TICKET_DB_URL, TICKET_DB_RELAY_URL and TICKET_DB_CLAIMER_URL, or DATABASE_URL for all of them',
    )
  return { app, relay, claimer }
}

/** The administrator's password is the secret of the roles' passwords: whoever has it could set them anyway. */
export const ticketDatabase = (adminUrl: string, name?: string) => ({
  adminUrl,
  service: 'ticket',
  secret: new URL(adminUrl).password || 'umbel',
  ...(name === undefined ? {} : { name }),
})

/** Where the schema is brought up to date: the administrator's URL. */
export function readMigrateEnv(env: NodeJS.ProcessEnv = process.env): string {
  return readEnv({ DATABASE_URL: z.url().describe('postgres://postgres:secret@127.0.0.1:5432/postgres') }, env)
    .DATABASE_URL
}
