import { realpathSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import {
  bundleWorkflowCode,
  DefaultLogger,
  type LogEntry,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker'
import { unavailable } from '@umbel/kernel'
import { createLogger, createMetrics, type Logger, serveHealth } from '@umbel/service-kit'
import { type Lane, laneQueue } from '@umbel/workflows/client'
import { operationActivities } from './activities/operation-activities.ts'
import { type ComposeParts, compose } from './compose.ts'
import type { OperationConfig } from './config.ts'
import { openAttributes } from './outbound/search-attributes.ts'

/** What a test may bring; what is left out is made from the config. */
export interface WorkerParts extends ComposeParts {
  readonly log?: Logger
  /** Slices at a time. */
  readonly slots?: Readonly<Record<Lane, number>>
}

export interface OperationWorker extends AsyncDisposable {
  readonly healthPort: number
}

const WORKFLOW_CACHE = 100
// slices at a time: each is short, and whoever waits goes behind those that waited before
const SLOTS: Readonly<Record<Lane, number>> = { people: 8, sync: 2 }
const GRACE = '20 s'
// how long a workflow waits for the worker that knew it, before any other may go on with it; 10 s unless told
const STICKY = '2 s'

let bundled: Promise<WorkflowBundleWithSourceMap> | undefined
let installed = false

/** Starts the worker that runs operations: their workflow, and its activities on operation's own database. */
export async function startOperationWorker(config: OperationConfig, parts: WorkerParts = {}): Promise<OperationWorker> {
  const { log = createLogger({ service: 'operation-worker', level: config.logLevel }), slots = SLOTS } = parts
  const metrics = createMetrics('operation_worker')
  const { address, namespace, taskQueue } = config.temporal
  installLogger(log)
  await using starting = new AsyncDisposableStack()
  const { app } = await compose(starting, config, { ...parts, log, metrics })
  const connection = await connect(address)
  starting.defer(() => connection.close())
  await openAttributes(address, namespace)
  const lanes: Lane[] = ['people', 'sync']
  const bundle = await workflowBundle()
  const workers = await Promise.all(
    lanes.map((lane) =>
      Worker.create({
        connection,
        namespace,
        taskQueue: laneQueue(taskQueue, lane),
        workflowBundle: bundle,
        activities: operationActivities(app),
        maxCachedWorkflows: WORKFLOW_CACHE,
        maxConcurrentActivityTaskExecutions: slots[lane],
        shutdownGraceTime: GRACE,
        stickyQueueScheduleToStartTimeout: STICKY,
      }),
    ),
  )
  // a worker that ends by an error ends its process: nobody catches this, and whoever watches starts it anew
  const running = Promise.all(workers.map((worker) => worker.run()))
  starting.defer(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    await running // slices in flight end first
  })
  const ready = () => workers.every((worker) => worker.getState() === 'RUNNING')
  const health = starting.use(await serveHealth({ host: config.host, port: config.healthPort, ready, metrics }))
  const stack = starting.move()
  return { healthPort: health.port, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function connect(address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address })
  } catch (cause) {
    throw unavailable('temporal-away', `no Temporal server answers at ${address}`, { cause })
  }
}

/** Once per process. */
function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundled ??= bundleWorkflowCode({
    workflowsPath: workflowsPath(),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({ ...config, resolve: { ...config.resolve, conditionNames: ['source', '...'] } }),
  })
  return bundled
}

/** The workflows as they stand beside us: sources where we run from sources, built where we are built. */
function workflowsPath(): string {
  const manifest = findPackageJSON('@umbel/workflows', import.meta.url)
  if (manifest === undefined) throw new Error('@umbel/workflows is not installed')
  // the bundler writes its entry beside the file and looks there by its true name
  return join(dirname(realpathSync(manifest)), import.meta.url.endsWith('.ts') ? 'src/index.ts' : 'dist/index.js')
}

/** The SDK has one logger per process. */
function installLogger(log: Logger): void {
  if (installed) return
  installed = true
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const
  const write = ({ level, meta, message }: LogEntry) => log[levels[level]](meta ?? {}, message)
  Runtime.install({ logger: new DefaultLogger('WARN', write), shutdownSignals: [] })
}
