import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startTicketService } from './service.ts'

const config = readConfig()
const log = createLogger({ service: `ticket-${config.role}`, level: config.logLevel })
await runProcess(log, () => startTicketService(config, { log }))
