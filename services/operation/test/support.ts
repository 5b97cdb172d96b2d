import { create, toBinary } from '@bufbuild/protobuf'
import {
  CauseKind,
  type NotificationState,
  OperationNotificationsChangedSchema,
  OperationService,
  type PlanOperationResponse,
  topics,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createKafkaBroker, encodeEvent } from '@umbel/messaging'
import { type RpcClient, rpcClient } from '@umbel/rpc'
import { createLogger } from '@umbel/service-kit'
import type { DatabaseUrls } from '@umbel/service-kit/store'
import { createTestDatabase, startTestIssuer, taskQueue, topicPrefix, until } from '@umbel/test-kit'
import type { OperationConfig } from '../src/config.ts'
import { migrateOperationDatabase, type OperationParts, startOperationService } from '../src/service.ts'
import { startOperationWorker, type WorkerParts } from '../src/worker-service.ts'
import { SmallWorld } from './small-world.ts'

export interface TestOperation extends AsyncDisposable {
  readonly config: OperationConfig
  readonly adminUrl: string
  readonly workspaceId: string
  readonly agentId: string
  readonly small: SmallWorld
  readonly rpc: RpcClient<typeof OperationService>
  readonly rpcPort: number
  /** A token of somebody in that workspace. */
  tokenOf(workspaceId: string): Promise<string>
  /** Another workspace's agent, who begins operations over the same children. */
  elsewhere(): Promise<{ readonly workspaceId: string; begin(asked?: Partial<Asked>): Promise<string> }>
  /** Another service of the house. */
  readonly house: RpcClient<typeof OperationService>
  /** As the agent. */
  readonly asAgent: { readonly token: string }
  readonly broker: Broker
  startWorker(more?: Pick<WorkerParts, 'slots'>): Promise<AsyncDisposable>
  /** Plans over all children, without a hold, unless told otherwise. */
  plan(asked: object): Promise<PlanOperationResponse>
  /** Starts the plan and waits for its end. Returns its id. */
  run(planned: Pick<PlanOperationResponse, 'operation' | 'applying'>): Promise<string>
  /** Plans over all children and starts. Returns the operation's id. */
  begin(asked?: Partial<Asked>): Promise<string>
  get(
    operationId: string,
  ): Promise<Awaited<ReturnType<RpcClient<typeof OperationService>['getOperation']>>['operation']>
  untilState(operationId: string, state: string): Promise<void>
  notify(told: Told): Promise<void>
}

export interface Asked {
  readonly kind: string
  readonly text: string
  readonly holdSeconds: number
  readonly rate: number
  readonly confirmToCloseDays: number
}
export interface Told {
  readonly operationId: string
  readonly ticketIds: readonly string[]
  readonly version: number
  readonly state: NotificationState
  readonly reason?: string
}

const config = async (
  urls: DatabaseUrls,
  issuer: string,
  more: Partial<OperationConfig>,
): Promise<OperationConfig> => ({
  role: 'all',
  host: '127.0.0.1',
  rpcPort: 0,
  healthPort: 0,
  databases: urls,
  kafka: { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: topicPrefix() },
  temporal: {
    address: process.env.TEMPORAL_ADDRESS ?? '',
    namespace: 'default',
    taskQueue: taskQueue('umbel.operation'),
    consoleUrl: '',
  },
  issuer,
  clientSecret: 'test-secret',
  peers: { ticket: 'none:1', ticketPages: 'none:1', linking: 'none:1', notification: 'none:1' },
  logLevel: process.env.LOG_LEVEL ?? 'silent',
  holdSeconds: 15,
  pageSize: 250,
  pageRest: 0,
  sliceMs: 2_000,
  daySeconds: 86_400,
  watchSeconds: 30,
  ...more,
})

const service = { name: 'operation', more: {} }

/** The service over real servers, with the other services as a small world of maps. */
export async function startTestOperation(more: Partial<OperationConfig> = {}, parts: OperationParts = {}) {
  await using starting = new AsyncDisposableStack()
  const database = starting.use(await createTestDatabase(service.name, migrateOperationDatabase))
  const issuer = starting.use(await startTestIssuer())
  const settings = await config(database.urls, issuer.url, more)
  const small = new SmallWorld(newId())
  const log = createLogger({ service: 'operation', level: settings.logLevel })
  const given = { peers: small.peers, log, ...parts }
  const server = starting.use(await startOperationService(settings, given))
  const broker = starting.use(createKafkaBroker({ ...settings.kafka, clientId: 'test' }))
  const [workspaceId, agentId] = [newId(), newId()]
  const asAgent = { token: await issuer.agentToken({ workspaceId, agentId }) }
  const rpc = starting.use(clientOf(server.rpcPort, () => asAgent.token))
  const house = starting.use(clientOf(server.rpcPort, await issuer.serviceToken('sync')))
  const stack = starting.move()
  const get = async (operationId: string) => (await rpc.getOperation({ workspaceId, operationId })).operation
  const world: TestOperation = {
    config: settings,
    adminUrl: database.adminUrl,
    workspaceId,
    agentId,
    small,
    rpc,
    house,
    rpcPort: server.rpcPort,
    tokenOf: (of) => issuer.agentToken({ workspaceId: of, agentId: newId() }),
    asAgent,
    broker,
    startWorker: (more) => startOperationWorker({ ...settings, healthPort: 0 }, { ...given, ...more }),
    get,
    plan: (asked) =>
      rpc.planOperation({ workspaceId, masterId: small.masterId, target: everyChild, holdSeconds: 0, ...asked }),
    async run({ operation, applying }) {
      const { id = '', planHash = '' } = operation ?? {}
      await rpc.startOperation({ workspaceId, operationId: id, planHash, confirm: applying })
      await world.untilState(id, 'finished')
      return id
    },
    begin: (asked) => begin(rpc, workspaceId, small.masterId, asked),
    async elsewhere() {
      const there = newId()
      const token = await issuer.agentToken({ workspaceId: there, agentId: newId() })
      const client = stack.use(clientOf(server.rpcPort, token))
      return { workspaceId: there, begin: (asked) => begin(client, there, small.masterId, asked) }
    },
    async untilState(operationId, state) {
      await until(async () => (await get(operationId))?.state === state, {
        what: `operation ${state}`,
        deadlineMs: 20_000,
      })
    },
    async notify({ operationId, ticketIds, version, state, reason = '' }) {
      const ends = ticketIds.map((ticketId) => ({ ticketId, notificationId: newId(), state, reason, channel: 'mail' }))
      const data = create(OperationNotificationsChangedSchema, {
        workspaceId,
        operationId,
        streamVersion: BigInt(version),
        cause: { kind: CauseKind.OPERATION, id: operationId, step: 1 },
        notifications: ends,
      })
      const { name } = topics.notification.events
      const event = {
        id: newId(),
        source: '/umbel/notification',
        type: OperationNotificationsChangedSchema.typeName,
        subject: operationId,
        time: new Date().toISOString(),
        workspace: workspaceId,
        sequence: String(version),
        data: toBinary(OperationNotificationsChangedSchema, data),
      }
      await broker.publish([encodeEvent(name, `${workspaceId}:${operationId}`, event)])
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
  return world
}

const clientOf = (port: number, token: string | (() => string)) =>
  rpcClient(OperationService, {
    address: `127.0.0.1:${port}`,
    token: async () => (typeof token === 'string' ? token : token()),
    deadlineMs: 20_000,
  })

const everyChild = { target: { case: 'all', value: {} } } as const

async function begin(
  rpc: RpcClient<typeof OperationService>,
  workspaceId: string,
  masterId: string,
  asked: Partial<Asked> = {},
): Promise<string> {
  const { kind = 'broadcast', text = 'we are on it', holdSeconds = 0, rate = 0, confirmToCloseDays = 0 } = asked
  const plan = await rpc.planOperation({
    workspaceId,
    masterId,
    kind,
    text,
    holdSeconds,
    rate,
    change: { confirmToCloseDays },
    target: everyChild,
  })
  const { id = '', planHash = '' } = plan.operation ?? {}
  await rpc.startOperation({ workspaceId, operationId: id, planHash, confirm: plan.applying })
  return id
}

/** That many children with numbers from 2 on. */
export const children = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: newId(), number: at + 2, linkId: newId() }))
