import { readEnv, setting } from '@umbel/service-kit'
import { type DatabaseUrls, readDatabaseUrls, readServiceDatabase } from '@umbel/service-kit/store'
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
  readonly clientSecret: string
  readonly linkingAddress: string
  readonly logLevel: string
  /** Days after which a solved ticket is closed for good. */
  readonly closeAfterDays: number
}

const shape = {
  TICKET_ROLE: setting.role,
  TICKET_HOST: setting.host,
  TICKET_RPC_PORT: setting.port(18_010),
  TICKET_HEALTH_PORT: setting.port(18_011),
  TICKET_CLOSE_AFTER_DAYS: z.coerce.number().int().positive().default(28).describe('28'),
  KAFKA_BROKERS: setting.kafkaBrokers,
  KAFKA_TOPIC_PREFIX: setting.kafkaTopicPrefix,
  OIDC_ISSUER: setting.issuer,
  SERVICE_CLIENT_SECRET: setting.clientSecret,
  LINKING_RPC_ADDRESS: setting.address('127.0.0.1:18020'),
  LOG_LEVEL: setting.logLevel,
} as const

/** Reads the environment. Throws a SettingError that names each variable that is missing or wrong. */
export function readConfig(given: NodeJS.ProcessEnv = process.env): TicketConfig {
  const env = readEnv(shape, given)
  return {
    role: env.TICKET_ROLE,
    host: env.TICKET_HOST,
    rpcPort: env.TICKET_RPC_PORT,
    healthPort: env.TICKET_HEALTH_PORT,
    databases: readDatabaseUrls('ticket', given),
    kafka: { brokers: env.KAFKA_BROKERS, topicPrefix: env.KAFKA_TOPIC_PREFIX },
    issuer: env.OIDC_ISSUER,
    clientSecret: env.SERVICE_CLIENT_SECRET,
    linkingAddress: env.LINKING_RPC_ADDRESS,
    logLevel: env.LOG_LEVEL,
    closeAfterDays: env.TICKET_CLOSE_AFTER_DAYS,
  }
}

/** The database that the migration brings up to date. */
export const readMigration = (env: NodeJS.ProcessEnv = process.env) => readServiceDatabase('ticket', env)
