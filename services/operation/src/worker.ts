import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startOperationWorker } from './worker-service.ts'

const config = readConfig()
const log = createLogger({ service: 'operation-worker', level: config.logLevel })
await runProcess(log, () => startOperationWorker(config, { log }))
