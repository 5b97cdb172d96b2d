import { readMigrateEnv } from './config.ts'
import { migrateTicketDatabase } from './service.ts'

await migrateTicketDatabase(readMigrateEnv())
