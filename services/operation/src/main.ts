import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startOperationService } from './service.ts'

const config = readConfig()
const log = createLogger({ service: 'operation', level: config.logLevel })
await runProcess(log, () => startOperationService(config, { log }))
