import {
  Client,
  Connection,
  type WorkflowExecutionDescription,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { unavailable } from '@umbel/kernel'
import {
  laneQueue,
  type OperationInput,
  operationWorkflowId,
  RUN_OPERATION,
  startAttributes,
  staticDetails,
  staticSummary,
  WAKE,
} from '@umbel/workflows/client'
import type { Launch, OperationRef, Workflows } from '../commands/ports.ts'
import type { TemporalConfig } from '../config.ts'
import { registerAttributes } from './search-attributes.ts'

/** The conductor over Temporal. It connects when first asked, so that a service starts without it. */
export function openWorkflows(config: TemporalConfig): Workflows & AsyncDisposable {
  const { address, namespace } = config
  let opened: Promise<Client> | undefined
  const client = () => {
    opened ??= open(address, namespace).catch((cause: unknown) => {
      opened = undefined // it may be up by the next call
      throw unavailable('temporal-away', `no Temporal server answers at ${address}`, { cause })
    })
    return opened
  }
  return {
    start: async (launch) => start(await client(), config, launch),
    async wake(operation, state) {
      const temporal = await client()
      await ifThere(async () => {
        await temporal.workflow.getHandle(operationWorkflowId(operation)).signal(WAKE, { state })
      })
    },
    async runs(operation) {
      const temporal = await client()
      return (await ifThere(() => describe(temporal, operation)))?.status.name === 'RUNNING'
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.connection.close()
    },
  }
}

const describe = (temporal: Client, operation: OperationRef): Promise<WorkflowExecutionDescription> =>
  temporal.workflow.getHandle(operationWorkflowId(operation)).describe()

async function open(address: string, namespace: string): Promise<Client> {
  const connection = await Connection.connect({ address, connectTimeout: '5 s' })
  await registerAttributes(connection, namespace)
  return new Client({ connection, namespace })
}

/** Told and started in one: a run that is about to end hears it and looks once more, or a new one begins. */
async function start(temporal: Client, { taskQueue, consoleUrl }: TemporalConfig, launch: Launch): Promise<void> {
  const { lane, ...known } = launch
  const link = consoleUrl === '' ? '' : `${consoleUrl}/operations/${launch.operationId}`
  const input: OperationInput = { ...known, link }
  await asAway(() =>
    temporal.workflow.signalWithStart(RUN_OPERATION, {
      workflowId: operationWorkflowId(launch),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE, // what failed is tried again by another run
      taskQueue: laneQueue(taskQueue, lane),
      args: [input],
      signal: WAKE,
      signalArgs: [{ state: launch.state, launch: launch.epoch }],
      typedSearchAttributes: startAttributes(input),
      staticSummary: staticSummary(input),
      staticDetails: staticDetails(input),
      priority: { fairnessKey: launch.workspaceId }, // workspaces take turns where the server knows of it
    }),
  )
}

/** Undefined where the workflow has ended, is gone or was never launched: nobody is there. */
const ifThere = <T>(work: () => Promise<T>): Promise<T | undefined> =>
  asAway(async () => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    }
  })

/** Whatever else goes wrong between us and Temporal may go right later. */
async function asAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw unavailable('temporal-away', 'Temporal did not take the request', { cause })
  }
}
