import { createLogger, runProcess } from '@umbel/service-kit'
import { readOperationEnv, toConfig } from './config.ts'
import { startOperationWorker } from './worker-service.ts'

const config = toConfig(readOperationEnv())
const log = createLogger({ service: 'operation-worker', level: config.logLevel })
await runProcess(log, () => startOperationWorker(config, { log }))
