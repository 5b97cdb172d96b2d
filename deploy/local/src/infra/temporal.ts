import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { givenAddress } from './config.ts'
import { useGiven } from './given.ts'
import { takePort } from './ports.ts'
import { startReady } from './ready.ts'
import type { Folders, Server } from './server.ts'
import { firstThatServes, temporalSources } from './temporal-binary.ts'

// the development server throttles its own queues: with these an activity costs 9 ms in place of 100 ms
const QUICK = {
  'history.transferProcessorMaxPollRPS': 1000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'matching.enableFairness': true, // workspaces take turns
}

export interface TemporalOptions extends Folders {
  /** 0: any free one. */
  readonly port: number
  readonly uiPort: number
}

export interface TemporalServer extends Server {
  /** The page that shows the workflows; undefined for a server that was given. */
  readonly uiUrl: string | undefined
}

/** Temporal's development server on loopback; its address is `host:port`. Nothing starts when TEMPORAL_ADDRESS is set. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const given = givenAddress('TEMPORAL_ADDRESS')
  if (given) {
    const server = await useGiven('TEMPORAL_ADDRESS', given, () => describeNamespace(given))
    return { ...server, uiUrl: undefined }
  }
  const port = await takePort({ port: options.port, use: 'Temporal', variable: 'UMBEL_TEMPORAL_PORT' })
  const uiPort = await takePort({ port: options.uiPort, use: "Temporal's page", variable: 'UMBEL_TEMPORAL_UI_PORT' })
  const folder = join(options.dataFolder, 'temporal')
  await mkdir(folder, { recursive: true })
  const address = `127.0.0.1:${port}`
  const command = {
    name: 'temporal',
    command: await firstThatServes(temporalSources),
    args: ['server', 'start-dev', ...flags(port, uiPort, join(folder, 'temporal.db'))],
    logFolder: options.logFolder,
  }
  const child = await startReady(command, () => describeNamespace(address))
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, given: false, [Symbol.asyncDispose]: child.stop }
}

const flags = (port: number, uiPort: number, file: string): string[] => [
  '--ip=127.0.0.1',
  `--port=${port}`,
  `--ui-port=${uiPort}`,
  `--db-filename=${file}`,
  '--log-level=warn',
  ...Object.entries(QUICK).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
]

async function describeNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 })
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' })
  } finally {
    await connection.close()
  }
}
