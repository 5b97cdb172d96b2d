import { readEnv, setting } from '@umbel/service-kit'

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
  GATEWAY_HOST: setting.host,
  GATEWAY_PORT: setting.port(8080),
  GATEWAY_HEALTH_PORT: setting.port(8081),
  OIDC_ISSUER: setting.issuer,
  KAFKA_BROKERS: setting.kafkaBrokers,
  KAFKA_TOPIC_PREFIX: setting.kafkaTopicPrefix,
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:18010'),
  LINKING_RPC_ADDRESS: setting.address('127.0.0.1:18020'),
  NOTIFICATION_RPC_ADDRESS: setting.address('127.0.0.1:18030'),
  OPERATION_RPC_ADDRESS: setting.address('127.0.0.1:18040'),
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
    kafka: { brokers: given.KAFKA_BROKERS, topicPrefix: given.KAFKA_TOPIC_PREFIX },
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
