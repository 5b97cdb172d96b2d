import { PRIVATE_GROUP } from '@umbel/kernel'
import { appendToOutbox, type OutboxMessage, type Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { DirectoryChange, DirectoryKind, Entries } from '../domain/directory.ts'
import type { Cause } from '../domain/words.ts'
import { CLOCK } from './micros.ts'

export type TellDirectory = (workspaceId: string, change: DirectoryChange) => OutboxMessage

/** Where each kind of entry lives: table, key, and its other columns with their types. */
const homes = {
  agent: { table: 'agent', key: 'agent_id', columns: { name: 'text', email: 'text', role: 'text' } },
  group: { table: 'agent_group', key: 'group_id', columns: { name: 'text', private: 'boolean' } },
  requester: {
    table: 'requester',
    key: 'requester_id',
    columns: { name: 'text', email: 'text', customer_id: 'uuid', locale: 'text' },
  },
  customer: { table: 'customer', key: 'customer_id', columns: { name: 'text' } },
  project: { table: 'project', key: 'project_id', columns: { name: 'text' } },
} as const satisfies Record<DirectoryKind, { table: string; key: string; columns: Record<string, string> }>

export interface DirectoryStore {
  /** Makes or changes entries; one event for each that moved. Without `replace`, entries that exist stay. */
  put<K extends DirectoryKind>(
    kind: K,
    entries: readonly Entries[K][],
    options: { readonly cause: Cause; readonly replace: boolean },
  ): Promise<void>
  /** Exactly these groups. */
  setMemberships(agentId: string, groupIds: readonly string[]): Promise<void>
  /** These pairs too. */
  join(members: readonly { readonly agentId: string; readonly groupId: string }[]): Promise<void>
  /** Which of these ids exist, and how they are called before everybody: a private group by no name of its own. */
  known(kind: DirectoryKind, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}

export function directoryStore(trx: Transaction, workspaceId: string, tell: TellDirectory): DirectoryStore {
  return {
    async put(kind, entries, { cause, replace }) {
      if (entries.length === 0) return
      const moved = await upsert(trx, workspaceId, kind, entries, replace)
      const changes = moved.map(({ recorded, version, customer_id: customerId, ...rest }) => ({
        ...rest,
        customerId,
        kind,
        cause,
        version: Number(version),
        recordedAt: Number(recorded),
      }))
      await appendToOutbox(
        trx,
        changes.map((change) => tell(workspaceId, change)),
      )
    },
    async setMemberships(agentId, groupIds) {
      await touched(
        trx,
        'delete from group_member where workspace_id = ? and agent_id = ? and group_id <> all(?::uuid[])',
        [workspaceId, agentId, groupIds],
      )
      await this.join(groupIds.map((groupId) => ({ agentId, groupId })))
    },
    async join(members) {
      if (members.length === 0) return
      await touched(
        trx,
        `insert into group_member (workspace_id, group_id, agent_id)
         select ?::uuid, * from unnest(?::uuid[], ?::uuid[]) on conflict do nothing`,
        [workspaceId, members.map(({ groupId }) => groupId), members.map(({ agentId }) => agentId)],
      )
    },
    known: (kind, ids) => known(trx, workspaceId, kind, ids),
  }
}

interface Moved {
  readonly id: string
  readonly version: string
  readonly name: string
  readonly private: boolean
  readonly email: string | null
  readonly customer_id: string | null
  readonly recorded: string
}

/** The rows that were made or moved; entries go in id order, so that two callers cannot deadlock. */
function upsert<K extends DirectoryKind>(
  trx: Transaction,
  workspaceId: string,
  kind: K,
  entries: readonly Entries[K][],
  replace: boolean,
): Promise<Moved[]> {
  const { table, key, columns } = homes[kind]
  const names = Object.keys(columns)
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  const moves = names.map((name) => `${name} = excluded.${name}`)
  const conflict = replace
    ? `update set ${moves.join(', ')}, version = e.version + 1
       where (${names.map((n) => `e.${n}`).join(', ')}) is distinct from (${names.map((n) => `excluded.${n}`).join(', ')})`
    : 'nothing'
  return rows<Moved>(
    trx,
    `insert into ${table} as e (workspace_id, ${key}, ${names.join(', ')}, version)
     select ?::uuid, u.id, ${names.map((n) => `u.${n}`).join(', ')}, 1
     from json_to_recordset(?::json) as u(id uuid, ${typed.join(', ')}) order by u.id
     on conflict (workspace_id, ${key}) do ${conflict}
     returning ${key} as id, version, name, ${told(columns)}, ${CLOCK} as recorded`,
    [workspaceId, JSON.stringify(entries.map(inColumns))],
  )
}

/** What of an entry is told besides its name; a kind that has no such column says nothing of it. */
const told = (columns: object): string =>
  Object.entries({ private: 'false', email: 'null', customer_id: 'null' })
    .map(([name, absent]) => (name in columns ? name : `${absent} as ${name}`))
    .join(', ')

const inColumns = (entry: object) => {
  const { customerId, ...rest } = entry as { customerId?: string | null }
  return { ...rest, customer_id: customerId }
}

// primary key
async function known(
  trx: Transaction,
  workspaceId: string,
  kind: DirectoryKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const { table, key } = homes[kind]
  const name = kind === 'group' ? `case when private then '${PRIVATE_GROUP}' else name end as name` : 'name'
  const found = await rows<{ id: string; name: string }>(
    trx,
    `select ${key} as id, ${name} from ${table} where workspace_id = ? and ${key} = any(?::uuid[])`,
    [workspaceId, ids],
  )
  return new Map(found.map(({ id, name }) => [id, name]))
}
