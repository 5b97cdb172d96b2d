import { LinkingService, topics } from '@umbel/contracts'
import type { Actor, Role } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type Broker, type CloudEvent, createKafkaBroker, decodeEvent, type Received } from '@umbel/messaging'
import { type RpcClient, rpcClient } from '@umbel/rpc'
import { createTestDatabase, startTestIssuer, topicPrefix, until } from '@umbel/test-kit'
import pg from 'pg'
import type { LinkingConfig } from '../src/config.ts'
import { type LinkingServer, migrateLinkingDatabase, startLinkingService } from '../src/service.ts'
import { Tickets } from './tickets.ts'

export type LinkingClient = RpcClient<typeof LinkingService>

/** Linking alone on real servers, with tickets in memory on the other side of its door. */
export interface World extends AsyncDisposable {
  readonly workspaceId: string
  readonly tickets: Tickets
  readonly broker: Broker
  readonly service: LinkingServer
  /** Acts as a service, for itself. */
  readonly linking: LinkingClient
  /** An agent from whom these groups are hidden. */
  agent(role?: Role, hiddenGroupIds?: readonly string[]): LinkingClient
  /** A client of an agent in another workspace. */
  stranger(): LinkingClient
  /** Publishes ticket events and waits until they were followed. */
  hear(...messages: ReturnType<Tickets['event']>[]): Promise<void>
  settle(): Promise<void>
  /** Rows as the superuser sees them. */
  rows<Row extends object>(text: string, bindings?: unknown[]): Promise<Row[]>
}

export async function startWorld(change: Partial<LinkingConfig> = {}): Promise<World> {
  await using starting = new AsyncDisposableStack()
  const issuer = starting.use(await startTestIssuer())
  const database = starting.use(await createTestDatabase('linking', migrateLinkingDatabase))
  const prefix = topicPrefix()
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
  const config: LinkingConfig = {
    role: 'all',
    host: '127.0.0.1',
    rpcPort: 0,
    healthPort: 0,
    databases: database.urls,
    kafka: { brokers, topicPrefix: prefix },
    issuer: issuer.url,
    clientSecret: issuer.clientSecret,
    ticketAddress: '127.0.0.1:1',
    logLevel: process.env.LOG_LEVEL ?? 'silent',
    checkEveryS: 3_600,
    checkGraceMs: 0,
    ...change,
  }
  const tickets = new Tickets()
  const { door, findActor } = tickets
  const service = starting.use(await startLinkingService(config, { ticket: { door, findActor } }))
  const broker = starting.use(createKafkaBroker({ brokers, clientId: 'linking-test', topicPrefix: prefix }))
  const admin = new pg.Client({ connectionString: database.adminUrl })
  admin.on('error', () => {}) // the database is dropped under it at the end
  await admin.connect()
  starting.defer(() => admin.end())
  const clients = starting.use(new DisposableStack())
  const address = `127.0.0.1:${service.rpcPort}`
  const client = (token: () => Promise<string>): LinkingClient =>
    clients.adopt(rpcClient(LinkingService, { address, token, deadlineMs: 20_000 }), (made) => made[Symbol.dispose]())
  const workspaceId = newId()
  const agentIn = (workspace: string, actor: Omit<Actor, 'id'>): LinkingClient => {
    const agentId = newId()
    tickets.agents.set(agentId, { id: agentId, ...actor })
    return client(() => issuer.agentToken({ workspaceId: workspace, agentId }))
  }
  const settle = async () => {
    await until(() => service.settled(), { what: 'linking has settled', deadlineMs: 20_000 })
  }
  const stack = starting.move()
  return {
    workspaceId,
    tickets,
    broker,
    service,
    settle,
    linking: client(() => issuer.serviceToken('test')),
    agent: (role = 'agent', hidden = []) =>
      agentIn(workspaceId, {
        role,
        hiddenGroupIds: new Set(hidden),
      }),
    stranger: () =>
      agentIn(newId(), {
        role: 'agent',
        hiddenGroupIds: new Set(),
      }),
    async hear(...messages) {
      await broker.publish(messages)
      await settle()
    },
    rows: async <Row extends object>(text: string, bindings: unknown[] = []) =>
      (await admin.query<Row>(text, bindings)).rows,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** A master that was opened by its own saga. */
export async function openMaster({ linking, workspaceId }: World, groupId = ''): Promise<string> {
  const { masterId } = await linking.openMaster({ workspaceId, subject: 'Outage', groupId })
  return masterId
}

/** Everything that linking has said on its topic so far, as it arrives. */
export async function hearLinking(broker: Broker): Promise<AsyncDisposable & { events(): CloudEvent[] }> {
  const heard: Received[] = []
  const onBatch = async ({ messages }: { readonly messages: readonly Received[] }) => void heard.push(...messages)
  const subscription = await broker.subscribe({ group: 'test.linking', topics: [topics.linking.events.name], onBatch })
  return {
    events: () => heard.map(decodeEvent),
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  }
}
