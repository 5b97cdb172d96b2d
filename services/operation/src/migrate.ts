import { readMigrateEnv } from './config.ts'
import { migrateOperationDatabase } from './service.ts'

const { adminUrl, name } = readMigrateEnv()
await migrateOperationDatabase(adminUrl, name)
