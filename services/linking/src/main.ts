import { createLogger, runProcess } from '@umbel/service-kit'
import { readLinkingEnv, toConfig } from './config.ts'
import { startLinkingService } from './service.ts'

const config = toConfig(readLinkingEnv())
const log = createLogger({ service: `linking-${config.role}`, level: config.logLevel })
await runProcess(log, () => startLinkingService(config, { log }))
