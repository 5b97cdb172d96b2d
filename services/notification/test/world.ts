import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  ActorKind,
  CauseKind,
  CauseSchema,
  NotificationService,
  OperationChangedSchema,
  type TicketChanged,
  TicketChangedSchema,
  type TicketFactSchema,
  topics,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createMemoryBroker, encodeEvent } from '@umbel/messaging'
import { type Caller, type RpcClient, rpcClient } from '@umbel/rpc'
import { createLogger } from '@umbel/service-kit'
import { type DatabaseUrls, migrateDatabase, readServiceDatabase } from '@umbel/service-kit/store'
import { createTestDatabase, type Mailbox, startMailbox, type TestDatabase, until } from '@umbel/test-kit'
import pg from 'pg'
import type { Mailer } from '../src/commands/send-one.ts'
import type { NotificationConfig } from '../src/config.ts'
import type { TicketPeer } from '../src/outbound/ticket-peer.ts'
import { type NotificationServer, startNotificationService } from '../src/service.ts'
import { migrations } from '../src/store/migrations/list.ts'

/** Who asks on every child, where a test says nothing else. */
const REQUESTER = '018f0000-0000-7000-8000-000000000001'

export interface Told {
  readonly ticketId: string
  readonly commentId: string
  readonly workspaceId?: string
  readonly operationId?: string
  readonly public?: boolean
  readonly quiet?: boolean
  readonly requesterId?: string
  readonly author?: ActorKind
  readonly version?: number
  /** Further facts of the same change. */
  readonly facts?: readonly MessageInitShape<typeof TicketFactSchema>[]
}

/** What the ticket service would know, kept by the test. */
export interface Desk {
  readonly outgoing: Map<
    string,
    { ticketId: string; requesterId?: string; address: string; subject: string; text: string; cc: readonly string[] }
  >
  readonly replies: { ticketId: string; messageId: string; text: string; senderAddress: string }[]
  readonly notes: { ticketId: string; text: string }[]
  /** Thrown by the next replies and notes. */
  refusal: Error | undefined
  /** Thrown while it stands by whatever is asked about mails to be sent. */
  away: Error | undefined
  getOutgoingCalls: number
}

export interface NotificationWorld extends AsyncDisposable {
  readonly workspaceId: string
  readonly mailbox: Mailbox
  readonly broker: Broker
  readonly desk: Desk
  /** As the operation service. */
  readonly rpc: RpcClient<typeof NotificationService>
  readonly admin: RpcClient<typeof NotificationService>
  readonly agent: RpcClient<typeof NotificationService>
  readonly database: TestDatabase<DatabaseUrls>
  readonly config: NotificationConfig
  server: NotificationServer
  start(mailer?: Mailer, settings?: Partial<NotificationConfig>): Promise<NotificationServer>
  /** A child whose requester has this address, with a public comment that is not told yet. */
  child(options?: {
    address?: string
    subject?: string
    text?: string
    cc?: readonly string[]
  }): Told & { address: string }
  tell(...told: readonly Told[]): Promise<void>
  /** What the operation service says. */
  tellOperation(changed: MessageInitShape<typeof OperationChangedSchema>): Promise<void>
  settled(): Promise<void>
  sql<T extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<T[]>
  /** States with their reasons, sorted: `sent`, `skipped no-address`. */
  states(): Promise<string[]>
}

export const AGENT = newId()
export const ADMIN = newId()

function callerOf(workspaceId: string, token: string): Caller {
  if (token === 'service') return { kind: 'service', id: 'operation', workspaceId: null, actorId: null }
  const id = token === 'admin' ? ADMIN : AGENT
  return { kind: 'agent', id, workspaceId, actorId: id }
}

export async function startNotificationWorld(
  mailer?: Mailer,
  settings: Partial<NotificationConfig> = {},
): Promise<NotificationWorld> {
  await using starting = new AsyncDisposableStack()
  const database = starting.use(
    await createTestDatabase('notification', (adminUrl, name) =>
      // the roles are the server's: their passwords are the same for every world on it
      migrateDatabase(
        readServiceDatabase('notification', { DATABASE_URL: adminUrl, NOTIFICATION_DB_NAME: name }),
        migrations,
      ),
    ),
  )
  const workspaceId = newId()
  const mailbox = starting.use(await startMailbox())
  const broker = starting.use(createMemoryBroker())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  starting.defer(() => admin.end())
  const desk: Desk = {
    outgoing: new Map(),
    replies: [],
    notes: [],
    refusal: undefined,
    away: undefined,
    getOutgoingCalls: 0,
  }
  const config: NotificationConfig = {
    role: 'all',
    host: '127.0.0.1',
    rpcPort: 0,
    healthPort: 0,
    mailPort: 0,
    databases: database.urls,
    kafka: { brokers: [], topicPrefix: '' },
    issuer: 'http://127.0.0.1:1',
    clientSecret: 'secret',
    ticketAddress: '127.0.0.1:1',
    smtpUrl: mailbox.url,
    maildevUrl: undefined,
    tokenKey: 'a-key-of-this-test',
    secretKey: 'a-key-of-this-test',
    webhooksInside: true,
    owner: 'test-1',
    logLevel: process.env.TEST_LOG ?? 'silent',
    ...settings,
  }
  const start = (own?: Mailer, other: Partial<NotificationConfig> = {}) =>
    startNotificationService(
      { ...config, ...other },
      {
        broker,
        ticket: ticketOf(desk),
        log: createLogger({ service: 'notification', level: config.logLevel }),
        verify: (token) => Promise.resolve(callerOf(workspaceId, token)),
        ...(own === undefined ? {} : { mailer: own }),
      },
    )
  const first = await start(mailer)
  const rpcAs = (token: string) =>
    starting.use(
      rpcClient(NotificationService, {
        address: `127.0.0.1:${first.rpcPort}`,
        token: () => Promise.resolve(token),
        deadlineMs: 10_000,
      }),
    )
  const sql = async <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
    (await admin.query<T>(text, [...values])).rows
  const world: NotificationWorld = {
    workspaceId,
    mailbox,
    broker,
    desk,
    rpc: rpcAs('service'),
    admin: rpcAs('admin'),
    agent: rpcAs('agent'),
    database,
    config,
    server: first,
    start,
    sql,
    child(options = {}) {
      const ticketId = newId()
      const commentId = newId()
      const {
        address = `c-${ticketId}@customer.example`,
        subject = 'Cannot log in',
        text = 'We fixed it.',
        cc = [],
      } = options
      desk.outgoing.set(commentId, { ticketId, address, subject, text, cc })
      return { ticketId, commentId, address }
    },
    async tell(...told) {
      await broker.publish(told.map((one) => toMessage(one.workspaceId ?? workspaceId, one)))
    },
    async tellOperation(changed) {
      await broker.publish([toOperationMessage({ workspaceId, ...changed })])
    },
    settled: async () => void (await until(() => world.server.settled(), { what: 'everything handled and sent' })),
    states: async () =>
      (
        await sql<{ word: string }>(
          `select trim(case when l.until is null then n.state else 'leased' end || ' ' || n.reason) as word
             from notification n left join lease l on l.notification_id = n.id`,
        )
      )
        .map((row) => row.word)
        .sort(),
    async [Symbol.asyncDispose]() {
      await world.server[Symbol.asyncDispose]()
      await stack.disposeAsync()
    },
  }
  const stack = starting.move()
  return world
}

const isBy =
  (ticketId: string, address: string) =>
  (reply: Desk['replies'][number]): boolean =>
    reply.ticketId === ticketId && reply.senderAddress === address

function ticketOf(desk: Desk): TicketPeer {
  return {
    getOutgoing: async (_workspaceId, keys) => {
      desk.getOutgoingCalls += 1
      if (desk.away) throw desk.away
      const found = keys.flatMap((key) => {
        const known = desk.outgoing.get(key.commentId)
        return known === undefined ? [] : [{ key, known }]
      })
      return {
        outgoing: found.map(({ key, known }) => ({
          ...key,
          subject: known.subject,
          bodyId: known.text,
          recipientId: known.requesterId ?? REQUESTER,
          recipientName: 'Chris Customer',
          recipientAddress: known.address,
          ccAddresses: known.cc,
          authorName: 'Ada',
          inReplyTo: desk.replies.findLast(isBy(key.ticketId, known.address))?.messageId ?? '',
        })),
        bodies: new Map(found.map(({ known }) => [known.text, known.text])),
        workspaceName: 'Acme',
        mailDomain: 'acme.example',
      }
    },
    addReply: async ({ owner, messageId, text, senderAddress }) => {
      if (desk.refusal) throw desk.refusal
      const known = desk.replies.some((reply) => reply.messageId === messageId && reply.ticketId === owner.ticketId)
      if (!known) desk.replies.push({ ticketId: owner.ticketId, messageId, text, senderAddress })
    },
    addNote: async ({ ticketId, text }) => {
      if (desk.refusal) throw desk.refusal
      desk.notes.push({ ticketId, text })
    },
    findActor: (_workspaceId, agentId) =>
      Promise.resolve({ id: agentId, role: agentId === ADMIN ? 'admin' : 'agent', hiddenGroupIds: new Set() }),
    visibleTickets: (_workspaceId, _actor, ticketIds) => Promise.resolve(new Set(ticketIds)),
  }
}

function toMessage(workspaceId: string, told: Told) {
  const cause = create(CauseSchema, {
    kind: told.operationId === undefined ? CauseKind.USER : CauseKind.OPERATION,
    id: told.operationId ?? newId(),
    operationId: told.operationId ?? '',
    actor: { kind: ActorKind.AGENT, id: AGENT },
  })
  const changed: TicketChanged = create(TicketChangedSchema, {
    workspaceId,
    ticketId: told.ticketId,
    version: BigInt(told.version ?? 1),
    cause,
    quiet: told.quiet ?? false,
    state: { requesterId: told.requesterId ?? REQUESTER },
    facts: [
      ...(told.facts ?? []),
      {
        fact: {
          case: 'commentAdded',
          value: {
            commentId: told.commentId,
            bodyId: newId(),
            public: told.public ?? true,
            author: { kind: told.author ?? ActorKind.AGENT, id: AGENT },
            broadcast: told.operationId !== undefined,
          },
        },
      },
    ],
  })
  return encodeEvent(topics.ticket.events.name, `${workspaceId}:${told.ticketId}`, {
    id: newId(),
    source: '/umbel/ticket',
    type: TicketChangedSchema.typeName,
    subject: told.ticketId,
    time: new Date().toISOString(),
    workspace: workspaceId,
    sequence: String(told.version ?? 1),
    data: toBinary(TicketChangedSchema, changed),
  })
}

function toOperationMessage(told: MessageInitShape<typeof OperationChangedSchema>) {
  const changed = create(OperationChangedSchema, told)
  return encodeEvent(topics.operation.events.name, `${changed.workspaceId}:${changed.operationId}`, {
    id: newId(),
    source: '/umbel/operation',
    type: OperationChangedSchema.typeName,
    subject: changed.operationId,
    time: new Date().toISOString(),
    workspace: changed.workspaceId,
    sequence: String(changed.streamVersion),
    data: toBinary(OperationChangedSchema, changed),
  })
}
