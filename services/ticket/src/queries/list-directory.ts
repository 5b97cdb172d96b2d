import { authorize, invalid, notFound, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Customer, Group, Project, Requester } from '../domain/directory.ts'
import type { Caller } from '../store/actor-store.ts'
import type { AgentEntry } from '../store/directory-read.ts'
import type { Read, ReadSession } from '../store/read-side.ts'
import type { Workspace } from '../store/workspace-store.ts'
import { fromCursor, toPage } from './page.ts'

export interface DirectoryPage {
  readonly agents: readonly AgentEntry[]
  readonly groups: readonly Group[]
  readonly requesters: readonly Requester[]
  readonly customers: readonly Customer[]
  readonly projects: readonly Project[]
  readonly next: string
}
type DirectoryPart = Exclude<keyof DirectoryPage, 'next'>

const empty: DirectoryPage = { agents: [], groups: [], requesters: [], customers: [], projects: [], next: '' }
const isPart = (kind: string): kind is DirectoryPart => Object.hasOwn(empty, kind) && kind !== 'next'
const isPlace = (parsed: unknown): parsed is [string] =>
  Array.isArray(parsed) && typeof parsed[0] === 'string' && isId(parsed[0])

export interface ListDirectory {
  /** agents, groups, requesters, customers or projects. */
  readonly kind: string
  readonly pageSize: number
  readonly pageToken: string
}

/** One kind of entry in id order; private groups of others are left out. */
export const listDirectory =
  (read: Read) =>
  (scope: Scope, caller: Caller, query: ListDirectory): Promise<DirectoryPage> =>
    read(scope, async (session) => {
      const actor = await session.actor(caller)
      authorize(actor, 'read-directory')
      const { kind } = query
      if (!isPart(kind)) throw invalid('unknown-kind', `no such part of the directory: ${kind}`, { field: 'kind' })
      const size = pageSize(query.pageSize)
      const after = fromCursor(query.pageToken, isPlace)?.[0] ?? null
      const hidden = actor.hiddenGroupIds
      // left out before the page is cut: a cursor must not name what the actor may not see
      const found = await session.directory[kind]({ after, limit: size + 1 + (kind === 'groups' ? hidden.size : 0) })
      const { items, next } = toPage<{ readonly id: string }>(seen(kind, found, hidden), size, ({ id }) => [id])
      return { ...empty, [kind]: items, next }
    })

function seen(kind: DirectoryPart, items: readonly { readonly id: string }[], hidden: ReadonlySet<string>) {
  if (kind === 'groups') return items.filter(({ id }) => !hidden.has(id))
  if (kind !== 'agents') return items
  const agents = items as readonly AgentEntry[]
  return agents.map((agent) => ({ ...agent, groupIds: agent.groupIds.filter((id) => !hidden.has(id)) }))
}

/** The workspace, for anyone in it and for operators. */
export const getWorkspace =
  (read: Read) =>
  (scope: Scope, caller: Caller): Promise<Workspace> =>
    read(scope, async (session: ReadSession) => {
      const actor = await session.actor(caller)
      authorize(actor, actor.role === 'operator' ? 'manage-workspace' : 'read-directory')
      const found = await session.workspace.get()
      if (!found) throw notFound('not-found', 'no such workspace')
      return found
    })
