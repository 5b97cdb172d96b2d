import type { Command } from './command.ts'
import { demo } from './commands/demo.ts'
import { dlq } from './commands/dlq.ts'
import { doctor } from './commands/doctor.ts'
import { importCommand } from './commands/import.ts'
import { master } from './commands/master.ts'
import { masters } from './commands/masters.ts'
import { operation } from './commands/operation.ts'
import { operations } from './commands/operations.ts'
import { record } from './commands/record.ts'
import { settings } from './commands/settings.ts'
import { verifyCommand } from './commands/verify.ts'
import { webhooks } from './commands/webhooks.ts'

/** THE TABLE: every command by its first word. A new one is one row here and one file in commands/. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['masters', masters],
  ['master', master],
  ['operations', operations],
  ['operation', operation],
  ['record', record],
  ['webhooks', webhooks],
  ['settings', settings],
  ['import', importCommand],
  ['verify', verifyCommand],
  ['dlq', dlq],
  ['doctor', doctor],
  ['demo', demo],
])
