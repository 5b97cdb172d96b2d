import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startLinkingService } from './service.ts'

const config = readConfig()
const log = createLogger({ service: `linking-${config.role}`, level: config.logLevel })
await runProcess(log, () => startLinkingService(config, { log }))
