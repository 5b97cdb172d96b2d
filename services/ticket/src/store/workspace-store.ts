import type { Transaction } from '@umbel/messaging'
import { row, touched } from '@umbel/service-kit/store'

export interface Workspace {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly mailDomain: string
}
export interface Source {
  readonly source: string
  readonly notifies: boolean
}

export interface WorkspaceStore {
  get(): Promise<Workspace | undefined>
  put(workspace: Workspace, sources: readonly Source[]): Promise<void>
}

export function workspaceStore(trx: Transaction, workspaceId: string): WorkspaceStore {
  return {
    // primary key
    async get() {
      const found = await row<{ slug: string; name: string; mail_domain: string }>(
        trx,
        'select slug, name, mail_domain from workspace where workspace_id = ?',
        [workspaceId],
      )
      return found && { id: workspaceId, slug: found.slug, name: found.name, mailDomain: found.mail_domain }
    },
    async put({ slug, name, mailDomain }, sources) {
      await touched(
        trx,
        `insert into workspace (workspace_id, slug, name, mail_domain) values (?, ?, ?, ?)
         on conflict (workspace_id) do update set name = excluded.name, mail_domain = excluded.mail_domain`,
        [workspaceId, slug, name, mailDomain],
      )
      await touched(
        trx,
        `insert into source (workspace_id, source, notifies)
         select ?::uuid, * from unnest(?::text[], ?::boolean[])
         on conflict (workspace_id, source) do update set notifies = excluded.notifies`,
        [workspaceId, sources.map(({ source }) => source), sources.map(({ notifies }) => notifies)],
      )
    },
  }
}
