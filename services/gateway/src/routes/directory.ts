import type { Agent, Customer, Group, Project, Requester } from '@umbel/contracts'
import { z } from 'zod'
import type { Route } from '../http/route.ts'
import { id, orNull } from '../shapes/common.ts'
import { directoryRows } from './directory-rows.ts'

const name = z.string().min(1).max(300)
const email = z.email().max(320)
const locale = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a locale is a BCP 47 tag such as de or pt-BR')
const role = z.enum(['admin', 'agent', 'light_agent'])

const missing = (kind: string): never => {
  throw new TypeError(`the ticket service answered without a ${kind}`)
}

const agents = directoryRows({
  kind: 'agents',
  body: z.strictObject({ name, email: email.optional(), role, groupIds: z.array(id).max(1000).optional() }),
  shape: z.object({ id, name: z.string(), email: z.string().nullable(), role: z.string(), groupIds: z.array(id) }),
  list: (answered) => answered.agents.map(toAgent),
  put: async ({ peers, call, ...write }, body, given) => {
    const agent = {
      id: given,
      name: body.name,
      email: body.email ?? '',
      role: body.role,
      groupIds: body.groupIds ?? [],
    }
    return toAgent((await peers.directory.putAgent({ ...write, agent }, call)).agent ?? missing('agent'))
  },
})

const groups = directoryRows({
  kind: 'groups',
  body: z.strictObject({ name, private: z.boolean().optional() }),
  shape: z.object({ id, name: z.string(), private: z.boolean() }),
  list: (answered) => answered.groups.map(toGroup),
  put: async ({ peers, call, ...write }, body, given) => {
    const group = { id: given, name: body.name, private: body.private ?? false }
    return toGroup((await peers.directory.putGroup({ ...write, group }, call)).group ?? missing('group'))
  },
})

const requesters = directoryRows({
  kind: 'requesters',
  body: z.strictObject({ name, email: email.optional(), customerId: id.optional(), locale: locale.optional() }),
  shape: z.object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    customerId: id.nullable(),
    locale: z.string().nullable().describe('the language to write to them in'),
  }),
  list: (answered) => answered.requesters.map(toRequester),
  put: async ({ peers, call, ...write }, body, given) => {
    const { name: called, email: address = '', customerId = '', locale: tongue = '' } = body
    const requester = { id: given, name: called, email: address, customerId, locale: tongue }
    const answered = await peers.directory.putRequester({ ...write, requester }, call)
    return toRequester(answered.requester ?? missing('requester'))
  },
})

const named = { body: z.strictObject({ name }), shape: z.object({ id, name: z.string() }) }

const customers = directoryRows({
  kind: 'customers',
  ...named,
  list: (answered) => answered.customers.map(toNamed),
  put: async ({ peers, call, ...write }, body, given) => {
    const customer = { id: given, name: body.name }
    return toNamed((await peers.directory.putCustomer({ ...write, customer }, call)).customer ?? missing('customer'))
  },
})

const projects = directoryRows({
  kind: 'projects',
  ...named,
  list: (answered) => answered.projects.map(toNamed),
  put: async ({ peers, call, ...write }, body, given) => {
    const project = { id: given, name: body.name }
    return toNamed((await peers.directory.putProject({ ...write, project }, call)).project ?? missing('project'))
  },
})

function toAgent(agent: Agent) {
  return {
    id: agent.id,
    name: agent.name,
    email: orNull(agent.email),
    role: agent.role,
    groupIds: agent.groupIds,
  }
}
function toGroup(group: Group) {
  return { id: group.id, name: group.name, private: group.private }
}
function toRequester(requester: Requester) {
  return {
    id: requester.id,
    name: requester.name,
    email: orNull(requester.email),
    customerId: orNull(requester.customerId),
    locale: orNull(requester.locale),
  }
}
function toNamed(held: Customer | Project) {
  return { id: held.id, name: held.name }
}

export const directoryRoutes: readonly Route[] = [agents, groups, requesters, customers, projects].flat()
