import type { Client, Connection } from '@temporalio/client'
import { serverFrom, worldName } from './world.ts'

export interface TestTemporal extends AsyncDisposable {
  readonly address: string
  readonly connection: Connection
  readonly client: Client
}

/** A task queue of this test world alone: `umbel.operation` becomes `umbel.operation.test-…`. */
export const taskQueue = (queue: string): string => `${queue}.test-${worldName()}`

/** A connection to the run's Temporal server, and a client on it. */
export async function openTemporal(): Promise<TestTemporal> {
  const address = serverFrom('TEMPORAL_ADDRESS')
  const temporal = await import('@temporalio/client') // heavy, and most tests never ask for it
  const connection = await temporal.Connection.connect({ address })
  const client = new temporal.Client({ connection })
  return { address, connection, client, [Symbol.asyncDispose]: () => connection.close() }
}
