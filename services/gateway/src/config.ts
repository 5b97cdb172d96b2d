import { readEnv, setting } from '@umbel/service-kit'
import { z } from 'zod'

export interface GatewayConfig {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly healthPort: number
  readonly issuer: string
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  /** `host:port` of the services behind. */
  readonly peers: Readonly<Record<'ticket' | 'linking' | 'notification' | 'operation', string>>
  readonly logLevel: string
}

const variables = {
  GATEWAY_HOST: z.string().default('127.0.0.1').describe('127.0.0.1'),
  GATEWAY_PORT: setting.port(8080),
  GATEWAY_HEALTH_PORT: setting.port(8081),
  OIDC_ISSUER: setting.url('http://127.0.0.1:9000'),
  KAFKA_BROKERS: z.string().min(1).describe('127.0.0.1:9092'),
  KAFKA_TOPIC_PREFIX: z.string().default('').describe('test-1.'),
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:18101'),
  LINKING_RPC_ADDRESS: setting.address('127.0.0.1:18201'),
  NOTIFICATION_RPC_ADDRESS: setting.address('127.0.0.1:18301'),
  OPERATION_RPC_ADDRESS: setting.address('127.0.0.1:18401'),
  LOG_LEVEL: setting.logLevel,
} as const

/** Reads and checks what the process was told; the message of a failure names the variable and an example. */
export function toConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  const given = readEnv(variables, env)
  return {
    host: given.GATEWAY_HOST,
    port: given.GATEWAY_PORT,
    healthPort: given.GATEWAY_HEALTH_PORT,
    issuer: given.OIDC_ISSUER,
    kafka: { brokers: given.KAFKA_BROKERS.split(','), topicPrefix: given.KAFKA_TOPIC_PREFIX },
    peers: {
      ticket: given.TICKET_RPC_ADDRESS,
      linking: given.LINKING_RPC_ADDRESS,
      notification: given.NOTIFICATION_RPC_ADDRESS,
      operation: given.OPERATION_RPC_ADDRESS,
    },
    logLevel: given.LOG_LEVEL,
  }
}

export const readConfig = (): GatewayConfig => toConfig(process.env)
