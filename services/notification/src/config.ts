import { hostname } from 'node:os'
import { readEnv, SettingError, setting } from '@umbel/service-kit'
import { type DatabaseUrls, readDatabaseUrls, readServiceDatabase } from '@umbel/service-kit/store'
import { z } from 'zod'

export interface NotificationConfig {
  /** rpc: gRPC and the mail listener; background: consumers, relay, sender; all: both. */
  readonly role: 'rpc' | 'background' | 'all'
  readonly host: string
  /** 0: any free one. */
  readonly rpcPort: number
  readonly healthPort: number
  /** Where customers' answers come in. */
  readonly mailPort: number
  readonly databases: Pick<DatabaseUrls, 'app' | 'relay' | 'claimer'>
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  readonly issuer: string
  readonly clientSecret: string
  readonly ticketAddress: string
  /** Where mail leaves: `smtp://host:port`. */
  readonly smtpUrl: string
  /** The local mail catcher's page, where there is one. */
  readonly maildevUrl: string | undefined
  /** What Message-IDs and reply tokens are keyed with. */
  readonly tokenKey: string
  /** What the secrets of webhooks are sealed with; changed, they have to be rotated. */
  readonly secretKey: string
  /** Whether webhooks may reach addresses of this house, and without TLS: for one machine and tests. */
  readonly webhooksInside: boolean
  /** Who leases: a place that is the same after a restart. Mails are leased by a single run of it. */
  readonly owner: string
  readonly logLevel: string
}

const DEVELOPMENT_KEY = 'umbel-development-only'

const shape = {
  NOTIFICATION_ROLE: setting.role,
  NOTIFICATION_HOST: setting.host,
  NOTIFICATION_RPC_PORT: setting.port(18_030),
  NOTIFICATION_HEALTH_PORT: setting.port(18_031),
  NOTIFICATION_SMTP_PORT: setting.port(2_525),
  NOTIFICATION_MAILDEV_URL: z.url().optional().describe('http://127.0.0.1:1080'),
  NOTIFICATION_TOKEN_KEY: z.string().min(16).default(DEVELOPMENT_KEY).describe('at-least-16-random-characters'),
  NOTIFICATION_SECRET_KEY: z.string().min(16).default(DEVELOPMENT_KEY).describe('at-least-16-random-characters'),
  NOTIFICATION_WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false).describe('false'),
  NOTIFICATION_SENDER: z.string().min(1).default(`${hostname()}-1`).describe('host-1'),
  SMTP_URL: setting.url('smtp://127.0.0.1:1025'),
  KAFKA_BROKERS: setting.kafkaBrokers,
  KAFKA_TOPIC_PREFIX: setting.kafkaTopicPrefix,
  OIDC_ISSUER: setting.issuer,
  SERVICE_CLIENT_SECRET: setting.clientSecret,
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:18010'),
  LOG_LEVEL: setting.logLevel,
} as const

/** Reads the environment. Throws a SettingError that names each variable that is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): NotificationConfig {
  const read = readEnv(shape, env)
  const loopback = read.NOTIFICATION_HOST === '127.0.0.1' || read.NOTIFICATION_HOST === '::1'
  for (const key of ['NOTIFICATION_TOKEN_KEY', 'NOTIFICATION_SECRET_KEY'] as const)
    if (!loopback && read[key] === DEVELOPMENT_KEY)
      throw new SettingError(`${key} is not set, and the development key is for loopback only`)
  return {
    role: read.NOTIFICATION_ROLE,
    host: read.NOTIFICATION_HOST,
    rpcPort: read.NOTIFICATION_RPC_PORT,
    healthPort: read.NOTIFICATION_HEALTH_PORT,
    mailPort: read.NOTIFICATION_SMTP_PORT,
    databases: readDatabaseUrls('notification', env),
    kafka: { brokers: read.KAFKA_BROKERS, topicPrefix: read.KAFKA_TOPIC_PREFIX },
    issuer: read.OIDC_ISSUER,
    clientSecret: read.SERVICE_CLIENT_SECRET,
    ticketAddress: read.TICKET_RPC_ADDRESS,
    smtpUrl: read.SMTP_URL,
    maildevUrl: read.NOTIFICATION_MAILDEV_URL,
    tokenKey: read.NOTIFICATION_TOKEN_KEY,
    secretKey: read.NOTIFICATION_SECRET_KEY,
    webhooksInside: read.NOTIFICATION_WEBHOOK_ALLOW_PRIVATE,
    owner: read.NOTIFICATION_SENDER,
    logLevel: read.LOG_LEVEL,
  }
}

/** The database that the migration brings up to date. */
export const readMigration = (env: NodeJS.ProcessEnv = process.env) => readServiceDatabase('notification', env)
