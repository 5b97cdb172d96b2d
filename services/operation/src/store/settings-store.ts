import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import { defaultSettings, type OperationSettings } from '../domain/settings.ts'

export interface SettingsStore {
  /** What nobody has set is as it is everywhere. */
  get(): Promise<OperationSettings>
  put(settings: OperationSettings, changedBy: string): Promise<void>
}

export const settingsStore = (trx: Transaction, workspaceId: string): SettingsStore => ({
  async get() {
    // primary key
    const found = await row<{ approval_from: number; retention_days: number }>(
      trx,
      'select approval_from, retention_days from operation_settings where workspace_id = ?',
      [workspaceId],
    )
    return found ? { approvalFrom: found.approval_from, retentionDays: found.retention_days } : defaultSettings
  },
  async put({ approvalFrom, retentionDays }, changedBy) {
    await rows(
      trx,
      `insert into operation_settings (workspace_id, approval_from, retention_days, changed_by) values (?, ?, ?, ?)
       on conflict (workspace_id) do update set approval_from = excluded.approval_from,
         retention_days = excluded.retention_days, changed_by = excluded.changed_by, changed_at = clock_timestamp()`,
      [workspaceId, approvalFrom, retentionDays, changedBy],
    )
  },
})
