import { createLogger, runProcess } from '@umbel/service-kit'
import { readOperationEnv, toConfig } from './config.ts'
import { startOperationService } from './service.ts'

const config = toConfig(readOperationEnv())
const log = createLogger({ service: 'operation', level: config.logLevel })
await runProcess(log, () => startOperationService(config, { log }))
