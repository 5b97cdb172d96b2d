import type { Migration } from '@umbel/service-kit/store'
import { createOperation } from './20261124T1600-create-operation.ts'
import { createMessaging } from './20261124T1605-create-messaging.ts'
import { widenOperation } from './20261124T1930-widen-operation.ts'
import { createChange } from './20261124T1940-create-change.ts'
import { runOperation } from './20261124T1945-run-operation.ts'
import { createRecord } from './20261124T2000-create-record.ts'
import { forgetResultsColumn } from './20261124T2005-forget-results.ts'
import { forgetPlans } from './20261124T2025-forget-plans.ts'
import { analyzeItems } from './20261124T2040-analyze-items.ts'
import { moveItemsInPlace } from './20261124T2350-move-items-in-place.ts'
import { keepThePlace } from './20261125T0030-keep-the-place.ts'
import { dateRetries } from './20261125T1250-date-retries.ts'

/** Oldest first; a migration that has run anywhere never changes. */
export const migrations: readonly Migration[] = [
  createOperation,
  createMessaging,
  widenOperation,
  createChange,
  runOperation,
  createRecord,
  forgetResultsColumn,
  forgetPlans,
  analyzeItems,
  moveItemsInPlace,
  keepThePlace,
  dateRetries,
]
