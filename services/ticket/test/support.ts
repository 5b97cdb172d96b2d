import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { DirectoryService, TicketChangedSchema, TicketService, topics } from '@umbel/contracts'
import { idFrom, newId } from '@umbel/kernel/ids'
import { type Broker, createKafkaBroker, dataOf, decodeEvent, encodeEvent, type Received } from '@umbel/messaging'
import { type RpcClient, rpcClient } from '@umbel/rpc'
import { createTestDatabase, startTestIssuer, topicPrefix, until } from '@umbel/test-kit'
import pg from 'pg'
import type { TicketConfig } from '../src/config.ts'
import type { FindLeaks } from '../src/queries/check-comment.ts'
import { migrateTicketDatabase, startTicketService, type TicketServer } from '../src/service.ts'

type TicketClient = RpcClient<typeof TicketService>
type DirectoryClient = RpcClient<typeof DirectoryService>

/** Ticket alone on real servers, with a workspace, an admin, an agent and a light agent. */
export interface World extends AsyncDisposable {
  readonly workspaceId: string
  /** Registered, and it notifies. */
  readonly source: string
  readonly people: { readonly admin: string; readonly grace: string; readonly lee: string }
  readonly broker: Broker
  readonly service: TicketServer
  readonly operator: DirectoryClient
  readonly tickets: TicketClient
  readonly directory: DirectoryClient
  asAgent(agentId: string): TicketClient
  directoryAs(agentId: string): DirectoryClient
  /** Rows as the superuser sees them. */
  rows<Row extends object>(text: string, bindings?: unknown[]): Promise<Row[]>
}

/** `findLeaks`: instead of linking, which nothing answers for. */
export async function startWorld(findLeaks?: FindLeaks): Promise<World> {
  await using starting = new AsyncDisposableStack()
  const issuer = starting.use(await startTestIssuer())
  const database = starting.use(await createTestDatabase('ticket', migrateTicketDatabase))
  const prefix = topicPrefix()
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
  const config: TicketConfig = {
    role: 'all',
    host: '127.0.0.1',
    rpcPort: 0,
    healthPort: 0,
    databases: database.urls,
    kafka: { brokers, topicPrefix: prefix },
    issuer: issuer.url,
    clientSecret: issuer.clientSecret,
    linkingAddress: '127.0.0.1:1',
    logLevel: process.env.LOG_LEVEL ?? 'warn',
    closeAfterDays: 28,
  }
  const service = starting.use(
    await startTicketService(config, findLeaks === undefined ? {} : { linking: { findLeaks } }),
  )
  const broker = starting.use(createKafkaBroker({ brokers, clientId: 'ticket-test', topicPrefix: prefix }))
  const admin = new pg.Client({ connectionString: database.adminUrl })
  admin.on('error', () => {}) // the database is dropped under it at the end
  await admin.connect()
  starting.defer(() => admin.end())
  const clients = starting.use(new DisposableStack())
  const address = `127.0.0.1:${service.rpcPort}`
  const dispose = (client: Disposable) => client[Symbol.dispose]()
  const tickets = (token: () => Promise<string>): TicketClient =>
    clients.adopt(rpcClient(TicketService, { address, token, deadlineMs: 10_000 }), dispose)
  const directory = (token: () => Promise<string>): DirectoryClient =>
    clients.adopt(rpcClient(DirectoryService, { address, token, deadlineMs: 10_000 }), dispose)
  const workspaceId = newId()
  const slug = `w${workspaceId.slice(-12)}`
  const people = {
    admin: idFrom('agent', workspaceId, 'admin'),
    grace: idFrom('agent', workspaceId, 'grace'),
    lee: idFrom('agent', workspaceId, 'lee'),
  }
  const operator = directory(() => issuer.operatorToken())
  const source = `/helpdesk/${slug}`
  await operator.ensureWorkspace({
    workspaceId,
    slug,
    name: 'Desk',
    mailDomain: 'desk.test',
    sources: [{ source, notifies: true }],
    agents: [
      { id: people.admin, name: 'Ada Admin', role: 'admin' },
      { id: people.grace, name: 'Grace Agent', role: 'agent' },
      { id: people.lee, name: 'Lee Light', role: 'light_agent' },
    ],
  })
  const stack = starting.move()
  return {
    workspaceId,
    source,
    people,
    broker,
    service,
    operator,
    tickets: tickets(() => issuer.serviceToken('test')),
    directory: directory(() => issuer.serviceToken('test')),
    asAgent: (agentId) => tickets(() => issuer.agentToken({ workspaceId, agentId })),
    directoryAs: (agentId) => directory(() => issuer.agentToken({ workspaceId, agentId })),
    rows: async <Row extends object>(text: string, bindings: unknown[] = []) =>
      (await admin.query<Row>(text, bindings)).rows,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** What a source sends. */
export interface Sent<D extends DescMessage> {
  readonly type: string
  readonly schema: D
  readonly data: MessageInitShape<D>
  readonly subject: string
  readonly sequence: number | bigint
  readonly id?: string
  readonly source?: string
  readonly time?: string
}

/** Publishes upstream events and waits until all of them were handled. */
export async function send(world: World, events: readonly Sent<DescMessage>[]): Promise<void> {
  await world.broker.publish(events.map((event) => upstreamMessage(world, event)))
  await settle(world)
}

export function upstreamMessage(world: World, { schema, data, ...event }: Sent<DescMessage>) {
  const source = event.source ?? world.source
  return encodeEvent(topics.inbound.tickets.name, `${world.workspaceId}:${source}:${event.subject}`, {
    id: event.id ?? newId(),
    source,
    type: event.type,
    subject: event.subject,
    time: event.time ?? '2026-03-01T10:00:00.000Z',
    workspace: world.workspaceId,
    sequence: String(event.sequence),
    data: toBinary(schema, create(schema, data)),
  })
}

export const settle = (world: World): Promise<true> =>
  until(async () => (await world.service.settled()) || undefined, {
    what: 'ticket has settled',
    deadlineMs: 20_000,
  }).then(() => true)

/** Everything that ticket has said on its topic so far, as it arrives. */
export async function hearTickets(broker: Broker) {
  const heard: Received[] = []
  const onBatch = async ({ messages }: { readonly messages: readonly Received[] }) => void heard.push(...messages)
  const subscription = await broker.subscribe({ group: 'test.tickets', topics: [topics.ticket.events.name], onBatch })
  return {
    events: () => heard.map((message) => dataOf(TicketChangedSchema, decodeEvent(message))),
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  }
}
