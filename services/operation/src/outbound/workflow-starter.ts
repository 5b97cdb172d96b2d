import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { unavailable } from '@umbel/kernel'
import {
  type OperationInput,
  operationWorkflowId,
  RUN_OPERATION,
  startAttributes,
  staticDetails,
  staticSummary,
  WAKE,
} from '@umbel/workflows/client'
import type { Workflows } from '../commands/ports.ts'
import type { TemporalConfig } from '../config.ts'
import { registerAttributes } from './search-attributes.ts'

/** The conductor over Temporal. It connects when first asked, so that a service starts without it. */
export function openWorkflows({ address, namespace, taskQueue }: TemporalConfig): Workflows & AsyncDisposable {
  let opened: Promise<Client> | undefined
  const client = () => {
    opened ??= open(address, namespace).catch((cause: unknown) => {
      opened = undefined // it may be up by the next call
      throw unavailable('temporal-away', `no Temporal server answers at ${address}`, { cause })
    })
    return opened
  }
  return {
    start: async (launch) => start(await client(), taskQueue, launch),
    async wake(operation, wanted) {
      const temporal = await client()
      await asAway(async () => {
        try {
          await temporal.workflow.getHandle(operationWorkflowId(operation)).signal(WAKE, wanted)
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error // ended, or not launched: nobody to wake
        }
      })
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.connection.close()
    },
  }
}

async function open(address: string, namespace: string): Promise<Client> {
  const connection = await Connection.connect({ address, connectTimeout: '5 s' })
  await registerAttributes(connection, namespace)
  return new Client({ connection, namespace })
}

const start = (temporal: Client, taskQueue: string, input: OperationInput) =>
  asAway(async () => {
    try {
      await temporal.workflow.start(RUN_OPERATION, {
        workflowId: operationWorkflowId(input),
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
        taskQueue,
        args: [input],
        typedSearchAttributes: startAttributes(input),
        staticSummary: staticSummary(input),
        staticDetails: staticDetails(input),
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error // twice is one run
    }
  })

/** Whatever else goes wrong between us and Temporal may go right later. */
async function asAway(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw unavailable('temporal-away', 'Temporal did not take the request', { cause })
  }
}
