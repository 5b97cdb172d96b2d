import { type Logger, type Metrics, rest } from '@umbel/service-kit'
import { assertAppRole, type Database, openDatabase } from '@umbel/service-kit/store'
import { type App, createApp } from './app.ts'
import type { Peers, Workflows } from './commands/ports.ts'
import type { OperationConfig } from './config.ts'
import { tellOperationChanged } from './outbound/operation-events.ts'
import { openPeers } from './outbound/peers.ts'
import { openWorkflows } from './outbound/workflow-starter.ts'
import { abandonedPlannings } from './store/abandoned-plannings.ts'
import { dueOperations } from './store/due-operations.ts'
import { createTransact } from './store/unit-of-work.ts'
import { logStates, measurePages, watchLeftBehind } from './telemetry.ts'

/** What a test may bring; what is left out is made from the config. */
export interface ComposeParts {
  readonly peers?: Peers
  readonly workflows?: Workflows
}

export interface Composed {
  readonly app: App
  readonly database: Database
  readonly claimer: Database
}

// longer than any page takes: a process that froze inside a transaction must not hold a row for good
const APP_SETTINGS = { idle_in_transaction_session_timeout: '5s' }

/** Rooms joined, the same for the service and for the worker: stores and peers under the commands. */
export async function compose(
  stack: AsyncDisposableStack,
  config: OperationConfig,
  { log, metrics, ...parts }: ComposeParts & { readonly log: Logger; readonly metrics: Metrics },
): Promise<Composed> {
  const { databases, temporal } = config
  const database = stack.use(
    openDatabase({ url: databases.app, applicationName: `operation ${config.role}`, settings: APP_SETTINGS }),
  )
  const claimer = stack.use(openDatabase({ url: databases.claimer, poolMax: 3, applicationName: 'operation claimer' }))
  await assertAppRole(database)
  const app = createApp({
    transact: createTransact(database, logStates(log, tellOperationChanged)),
    due: dueOperations(claimer),
    abandoned: abandonedPlannings(claimer),
    peers: parts.peers ?? stack.use(openPeers(config)),
    workflows: parts.workflows ?? stack.use(openWorkflows(temporal)),
    settings: config,
    clock: () => performance.now(),
    rest,
    measured: measurePages(metrics, log),
    leftBehind: watchLeftBehind(metrics, log),
  })
  return { app, database, claimer }
}
