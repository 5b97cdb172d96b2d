import { invalid } from '@umbel/kernel'
import { MAX_ITEMS } from './plan.ts'

const MAX_DAYS = 3_650

/** How a workspace runs its operations. */
export interface OperationSettings {
  /** From so many applying children on a second person approves; 0: never. */
  readonly approvalFrom: number
  /** How long items and texts of finished operations are kept. */
  readonly retentionDays: number
}

export const defaultSettings: OperationSettings = { approvalFrom: 0, retentionDays: 90 }

/** Refuses numbers that mean nothing. */
export function checkSettings({ approvalFrom, retentionDays }: OperationSettings): OperationSettings {
  if (approvalFrom > MAX_ITEMS)
    throw invalid('approval-out-of-range', `approval begins at 0 to ${MAX_ITEMS} children`, { field: 'approval_from' })
  if (retentionDays < 1 || retentionDays > MAX_DAYS)
    throw invalid('retention-out-of-range', `results are kept 1 to ${MAX_DAYS} days`, { field: 'retention_days' })
  return { approvalFrom, retentionDays }
}
