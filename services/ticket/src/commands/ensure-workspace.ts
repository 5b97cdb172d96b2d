import { authorize, invalid } from '@umbel/kernel'
import { idFrom, requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Agent, checkEntry } from '../domain/directory.ts'
import { checkWord } from '../domain/text.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { Source, Workspace } from '../store/workspace-store.ts'
import { causeOf } from './acting.ts'

export interface EnsureWorkspace {
  readonly slug: string
  readonly name: string
  readonly mailDomain: string
  readonly sources: readonly Source[]
  readonly agents: readonly (Agent & { readonly groupIds: readonly string[] })[]
}

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A workspace's id follows from its slug: the same slug twice is the same workspace. */
export const workspaceIdOf = (slug: string): string => idFrom('workspace', slug)

/** The workspace with its sources and first agents; a repeat changes what differs and nothing else. */
export const ensureWorkspace =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, command: EnsureWorkspace): Promise<Workspace> =>
    transact(scope, async (session) => {
      const actor = await session.actor({ ...caller, actorId: null })
      authorize(actor, 'manage-workspace')
      const workspace = checked(scope.workspaceId, command)
      await session.workspace.put(workspace, command.sources)
      const agents = command.agents.map(({ groupIds: _groupIds, ...agent }) => checkEntry(agent, 'agent'))
      for (const { id } of agents) requireId(id, 'agents.id')
      await session.directory.put('agent', agents, { cause: causeOf(actor, ''), replace: true })
      await session.directory.join(
        command.agents.flatMap(({ id: agentId, groupIds }) => groupIds.map((groupId) => ({ agentId, groupId }))),
      )
      return workspace
    })

function checked(id: string, { slug, name, mailDomain }: EnsureWorkspace): Workspace {
  if (!SLUG.test(slug)) throw invalid('bad-slug', 'a slug is lower-case letters, digits and hyphens', { field: 'slug' })
  return { id, slug, name: checkWord(name === '' ? slug : name, 'name'), mailDomain }
}
