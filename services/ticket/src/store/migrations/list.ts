import type { Migration } from '@umbel/service-kit/store'
import { up as createDirectory } from './20261124T1600-create-directory.ts'
import { up as createTicket } from './20261124T1605-create-ticket.ts'
import { up as createOperationFence } from './20261124T1610-create-operation-fence.ts'
import { up as createMessaging } from './20261124T1615-create-messaging.ts'
import { up as extendOperations } from './20261124T1935-extend-operations.ts'
import { up as leaveRoom } from './20261124T2020-leave-room-for-updates.ts'
import { up as syncFieldByField } from './20261124T2300-sync-field-by-field.ts'
import { up as queueSolved } from './20261124T2350-queue-solved.ts'
import { up as dateRequesters } from './20261125T1240-date-requesters.ts'
import { up as countHouseNotes } from './20261125T1400-count-house-notes.ts'

/** The schema, step by step; a step that has run anywhere never changes. */
export const migrations: readonly Migration[] = [
  { name: '20261124T1600-create-directory', up: createDirectory },
  { name: '20261124T1605-create-ticket', up: createTicket },
  { name: '20261124T1610-create-operation-fence', up: createOperationFence },
  { name: '20261124T1615-create-messaging', up: createMessaging },
  { name: '20261124T1935-extend-operations', up: extendOperations },
  { name: '20261124T2020-leave-room-for-updates', up: leaveRoom },
  { name: '20261124T2300-sync-field-by-field', up: syncFieldByField },
  { name: '20261124T2350-queue-solved', up: queueSolved },
  { name: '20261125T1240-date-requesters', up: dateRequesters },
  { name: '20261125T1400-count-house-notes', up: countHouseNotes },
]
