import {
  type Agent,
  type DirectoryService,
  PutAgentResponseSchema,
  PutCustomerResponseSchema,
  PutGroupResponseSchema,
  PutProjectResponseSchema,
  PutRequesterResponseSchema,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import { workspaceIdOf } from '../commands/ensure-workspace.ts'
import type { Requester } from '../domain/directory.ts'
import { orNull } from './from-wire.ts'
import { keyed, scopeOf } from './keyed.ts'

const agentRoles = ['admin', 'agent', 'light_agent'] as const
type AgentRole = (typeof agentRoles)[number]

/** umbel.ticket.v1.DirectoryService → commands and queries. */
export const directoryRpc = (app: App): Handlers<typeof DirectoryService> => ({
  ...workspaces(app),
  putAgent: (request, call) =>
    keyed(app)(PutAgentResponseSchema, call, request, async (scope) => {
      const agent = fromWireAgent(needed(request.agent, 'agent'))
      const stored = await app.putAgent(scope, call.caller, agent, request.idempotency?.key ?? '')
      return { agent: { ...stored, email: stored.email ?? '', groupIds: [...stored.groupIds] } }
    }),
  putRequester: (request, call) =>
    keyed(app)(PutRequesterResponseSchema, call, request, async (scope) => {
      const { id, name, email, customerId, locale } = needed(request.requester, 'requester')
      const requester = { id, name, email: orNull(email), customerId: orNull(customerId), locale: orNull(locale) }
      const stored = await app.putRequester(scope, call.caller, requester, request.idempotency?.key ?? '')
      return { requester: toWireRequester(stored) }
    }),
  putGroup: (request, call) =>
    keyed(app)(PutGroupResponseSchema, call, request, async (scope) => {
      const group = needed(request.group, 'group')
      const entry = { id: group.id, name: group.name, private: group.private }
      return { group: await app.putEntry(scope, call.caller, { kind: 'group', entry, key: keyOf(request) }) }
    }),
  putCustomer: (request, call) =>
    keyed(app)(PutCustomerResponseSchema, call, request, async (scope) => {
      const { id, name } = needed(request.customer, 'customer')
      const entry = { id, name }
      return { customer: await app.putEntry(scope, call.caller, { kind: 'customer', entry, key: keyOf(request) }) }
    }),
  putProject: (request, call) =>
    keyed(app)(PutProjectResponseSchema, call, request, async (scope) => {
      const { id, name } = needed(request.project, 'project')
      const entry = { id, name }
      return { project: await app.putEntry(scope, call.caller, { kind: 'project', entry, key: keyOf(request) }) }
    }),
  listDirectory: async (request, { caller }) => {
    const page = await app.listDirectory(scopeOf(request), caller, request)
    return {
      agents: page.agents.map((agent) => ({ ...agent, email: agent.email ?? '', groupIds: [...agent.groupIds] })),
      groups: [...page.groups],
      requesters: page.requesters.map(toWireRequester),
      customers: [...page.customers],
      projects: [...page.projects],
      nextPageToken: page.next,
    }
  },
})

const workspaces = (app: App): Pick<Handlers<typeof DirectoryService>, 'ensureWorkspace' | 'getWorkspace'> => ({
  ensureWorkspace: async (request, { caller }) => {
    const { slug, name, mailDomain, sources } = request
    const workspaceId = request.workspaceId === '' ? workspaceIdOf(slug) : request.workspaceId
    const agents = request.agents.map((agent) => {
      const known = fromWireAgent(agent)
      return known.id === '' ? { ...known, id: idFrom('agent', workspaceId, known.name) } : known
    })
    const command = { slug, name, mailDomain, sources, agents }
    return { workspace: await app.ensureWorkspace(scopeOf({ workspaceId }), caller, command) }
  },
  getWorkspace: async (request, { caller }) => ({ workspace: await app.getWorkspace(scopeOf(request), caller) }),
})

const toWireRequester = ({ id, name, email, customerId, locale }: Requester) => ({
  id,
  name,
  email: email ?? '',
  customerId: customerId ?? '',
  locale: locale ?? '',
})

const keyOf = ({ idempotency }: { readonly idempotency?: { readonly key: string } | undefined }): string =>
  idempotency?.key ?? ''

function needed<T>(part: T | undefined, field: string): T {
  if (part === undefined) throw invalid('field-missing', `${field} is missing`, { field })
  return part
}

function fromWireAgent({ id, name, email, role, groupIds }: Agent) {
  const known = agentRoles.find((word): word is AgentRole => word === role)
  if (!known) throw invalid('unknown-role', `no such role: ${role}`, { field: 'agent.role' })
  return { id, name, email: orNull(email), role: known, groupIds }
}
