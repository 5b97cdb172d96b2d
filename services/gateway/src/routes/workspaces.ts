import type { Workspace } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { idFrom, workspaceIdOf } from '@umbel/kernel/ids'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { id, reply } from '../shapes/common.ts'

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a slug is lower-case letters, digits and hyphens')
const login = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a login is lower-case letters, digits, . _ and -')

const workspaceShape = z.object({ id, slug: z.string(), name: z.string(), mailDomain: z.string() })
const toWorkspace = (workspace: Workspace | undefined): z.output<typeof workspaceShape> => {
  if (workspace === undefined) throw new TypeError('the ticket service answered without a workspace')
  const { id: held, slug: called, name, mailDomain } = workspace
  return { id: held, slug: called, name, mailDomain }
}

interface FirstAgent {
  readonly id?: string | undefined
  readonly login?: string | undefined
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly role: string
}

/** The id that the local issuer gives to the same login, unless the caller knows a better one. */
function toAgent({ id: given, login: called, name, email, role }: FirstAgent, workspaceId: string, at: number) {
  if (given === undefined && called === undefined)
    throw invalid('invalid-field', 'an agent has an id or a login', { field: `agents[${at}]` })
  const agentId = given ?? idFrom('agent', workspaceId, called ?? '')
  return { id: agentId, name: name ?? called ?? agentId, email: email ?? '', role, groupIds: [] }
}

const ensure = route({
  method: 'put',
  path: '/v1/workspaces/{slug}',
  summary: 'Make sure that a workspace, its sources and its first agents exist; operators only',
  keyed: false,
  tag: 'workspaces',
  access: 'operator',
  params: z.object({ slug }),
  body: z.strictObject({
    name: z.string().min(1).max(300).optional(),
    mailDomain: z.string().max(253).optional(),
    sources: z
      .array(z.strictObject({ source: z.string().min(1).max(500), notifies: z.boolean() }))
      .max(100)
      .optional(),
    agents: z
      .array(
        z.strictObject({
          id: id.optional(),
          login: login.optional().describe('what an id is made of where none is given'),
          name: z.string().min(1).max(300).optional(),
          email: z.email().optional(),
          role: z.enum(['admin', 'agent', 'light_agent']),
        }),
      )
      .max(1000)
      .optional(),
  }),
  answer: workspaceShape,
  handle: async ({ params, body }, { peers, call }) => {
    const workspaceId = workspaceIdOf(params.slug)
    const agents: readonly FirstAgent[] = body.agents ?? [{ login: 'admin', role: 'admin' }]
    const { workspace } = await peers.directory.ensureWorkspace(
      {
        workspaceId,
        slug: params.slug,
        name: body.name ?? params.slug,
        mailDomain: body.mailDomain ?? `${params.slug}.invalid`,
        sources: body.sources ?? [],
        agents: agents.map((agent, at) => toAgent(agent, workspaceId, at)),
      },
      call,
    )
    return reply(toWorkspace(workspace))
  },
})

const mine = route({
  method: 'get',
  path: '/v1/workspace',
  summary: "The caller's workspace",
  tag: 'workspaces',
  answer: workspaceShape,
  handle: async (_input, { workspaceId, peers, call }) => {
    const { workspace } = await peers.directory.getWorkspace({ workspaceId }, call)
    return reply(toWorkspace(workspace))
  },
})

export const workspaceRoutes: readonly Route[] = [ensure, mine]
