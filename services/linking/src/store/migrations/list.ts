import type { Migration } from '@umbel/service-kit/store'
import { createTicketKnowledge } from './20260110T0900-create-ticket-knowledge.ts'
import { createLink } from './20260110T0905-create-link.ts'
import { createRollup } from './20260110T0910-create-rollup.ts'
import { createSaga } from './20260110T0915-create-saga.ts'
import { createMessaging } from './20260110T0920-create-messaging.ts'
import { createLeakPhrase } from './20261124T1941-create-leak-phrase.ts'
import { createTicketSla } from './20261124T1942-create-ticket-sla.ts'

/** In the order in which they run. */
export const migrations: readonly Migration[] = [
  createTicketKnowledge,
  createLink,
  createRollup,
  createSaga,
  createMessaging,
  createLeakPhrase,
  createTicketSla,
]
