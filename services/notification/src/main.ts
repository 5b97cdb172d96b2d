import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startNotificationService } from './service.ts'

const config = readConfig()
const log = createLogger({ service: `notification-${config.role}`, level: config.logLevel })
await runProcess(log, () => startNotificationService(config, { log }))
