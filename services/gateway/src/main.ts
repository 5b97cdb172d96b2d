// Process edge of the gateway.
import { createLogger, runProcess } from '@umbel/service-kit'
import { readConfig } from './config.ts'
import { startGatewayService } from './service.ts'

const config = readConfig()
await runProcess(createLogger({ service: 'gateway', level: config.logLevel }), () => startGatewayService(config))
