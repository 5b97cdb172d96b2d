import type { Knex } from 'knex'

/** How rows of one workspace are kept from every other's: the setting, and the policy that reads it. */
export const isolation = {
  setting: 'umbel.workspace_id',
  // wrapped in a sub-select it is read once per statement, bare it is read once per row; after a first transaction the
  // setting is an empty string, which no uuid is
  policy: "workspace_id = (select nullif(current_setting('umbel.workspace_id', true), '')::uuid)",
} as const

/** The workspace of what belongs to none: messages nobody could read. No token is ever of it. */
export const NOBODYS_WORKSPACE = '00000000-0000-0000-0000-000000000000'

/**
 * From here on only this workspace exists in the transaction; it ends with the transaction. Nobody waits for it: it
 * goes out in front of the next statement, which fails where this fails.
 */
export function enterWorkspace(trx: Knex.Transaction, workspaceId: string): void {
  trx.raw('select set_config(?, ?, true)', [isolation.setting, workspaceId]).catch(() => {})
}
