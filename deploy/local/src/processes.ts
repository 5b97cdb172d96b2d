import { resolve } from 'node:path'
import type { Infra } from './infra-all.ts'
import type { Settings } from './settings.ts'

/** A service's process: its entry file, its settings, and where it says that it is ready. */
export interface ServiceProcess {
  readonly name: string
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  readonly healthPort: number
  /** Background work must never make an agent wait. */
  readonly nice: number
}

const PAGES = 5
const MAILS = 10 // behind the pages, yet not so far that a pause waits long for the window in flight

/** Every process of the product, in no order: each waits for what it needs. */
export function serviceProcesses(settings: Settings, infra: Infra): readonly ServiceProcess[] {
  const { ports } = settings
  const entry = (service: string, file = 'main') => resolve(settings.root, 'services', service, 'src', `${file}.ts`)
  const shared = sharedEnv(settings, infra)
  const process = (name: string, service: string, healthPort: number, env: Record<string, string>, nice = 0) => ({
    name,
    entry: entry(service),
    env: { ...shared, ...env },
    healthPort,
    nice,
  })
  return [
    process('ticket-rpc', 'ticket', ports.ticketHealth, {
      TICKET_ROLE: 'rpc',
      TICKET_RPC_PORT: String(ports.ticket),
      TICKET_HEALTH_PORT: String(ports.ticketHealth),
    }),
    process(
      'ticket-background',
      'ticket',
      ports.ticketPagesHealth,
      {
        TICKET_ROLE: 'background',
        TICKET_RPC_PORT: String(ports.ticketPages),
        TICKET_HEALTH_PORT: String(ports.ticketPagesHealth),
      },
      PAGES,
    ),
    process('linking', 'linking', ports.linkingHealth, {
      LINKING_ROLE: 'all',
      LINKING_RPC_PORT: String(ports.linking),
      LINKING_HEALTH_PORT: String(ports.linkingHealth),
    }),
    process('notification-rpc', 'notification', ports.notificationHealth, {
      NOTIFICATION_ROLE: 'rpc',
      NOTIFICATION_RPC_PORT: String(ports.notification),
      NOTIFICATION_HEALTH_PORT: String(ports.notificationHealth),
    }),
    process(
      'notification-background',
      'notification',
      ports.notificationBackgroundHealth,
      {
        NOTIFICATION_ROLE: 'background',
        NOTIFICATION_RPC_PORT: String(ports.notificationBackgroundRpc),
        NOTIFICATION_HEALTH_PORT: String(ports.notificationBackgroundHealth),
      },
      MAILS,
    ),
    process('operation', 'operation', ports.operationHealth, {
      OPERATION_ROLE: 'all',
      OPERATION_RPC_PORT: String(ports.operation),
      OPERATION_HEALTH_PORT: String(ports.operationHealth),
    }),
    {
      ...process('operation-worker', 'operation', ports.workerHealth, {
        OPERATION_HEALTH_PORT: String(ports.workerHealth),
      }),
      entry: entry('operation', 'worker'),
      nice: PAGES,
    },
    process('gateway', 'gateway', ports.gatewayHealth, {
      GATEWAY_PORT: String(ports.gateway),
      GATEWAY_HEALTH_PORT: String(ports.gatewayHealth),
    }),
  ]
}

/** What every process is told: where the servers and the other services are. */
function sharedEnv({ ports }: Settings, infra: Infra): Record<string, string> {
  const at = (port: number) => `127.0.0.1:${port}`
  return {
    KAFKA_BROKERS: infra.kafka.address,
    TEMPORAL_ADDRESS: infra.temporal.address,
    DATABASE_URL: infra.postgres.address,
    SMTP_URL: infra.mail.address,
    OIDC_ISSUER: infra.issuer.address,
    SERVICE_CLIENT_SECRET: infra.serviceSecret,
    TICKET_RPC_ADDRESS: at(ports.ticket),
    TICKET_PAGES_ADDRESS: at(ports.ticketPages),
    LINKING_RPC_ADDRESS: at(ports.linking),
    NOTIFICATION_RPC_ADDRESS: at(ports.notification),
    OPERATION_RPC_ADDRESS: at(ports.operation),
    NOTIFICATION_SMTP_PORT: String(ports.replies),
    ...(infra.mail.webUrl === undefined ? {} : { NOTIFICATION_MAILDEV_URL: infra.mail.webUrl }),
  }
}
