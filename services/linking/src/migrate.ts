import { readMigrateEnv } from './config.ts'
import { migrateLinkingDatabase } from './service.ts'

await migrateLinkingDatabase(readMigrateEnv())
