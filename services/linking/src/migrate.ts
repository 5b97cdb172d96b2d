import { migrateDatabase } from '@umbel/service-kit/store'
import { readMigration } from './config.ts'
import { migrations } from './store/migrations/list.ts'

await migrateDatabase(readMigration(), migrations)
