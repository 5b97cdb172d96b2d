import { createLogger, runProcess } from '@umbel/service-kit'
import { readTicketEnv, toConfig } from './config.ts'
import { startTicketService } from './service.ts'

const config = toConfig(readTicketEnv())
const log = createLogger({ service: `ticket-${config.role}`, level: config.logLevel })
await runProcess(log, () => startTicketService(config, { log }))
