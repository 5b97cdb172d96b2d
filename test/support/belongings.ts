import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import type { Api } from './api.ts'
import { outageOf } from './outage.ts'
import type { Plan, Ticket } from './shapes.ts'
import { upsertMessage, upstreamBroker } from './upstream.ts'
import type { Workspace } from './workspace.ts'
import type { World } from './world.ts'

/** One of everything that a workspace can have and that has an id. */
export interface Belongings {
  readonly child: string
  readonly master: string
  readonly operation: string
  readonly link: string
  readonly resource: string
  readonly webhook: string
  readonly deadLetter: string
  readonly agents: string
  readonly groups: string
  readonly requesters: string
  readonly customers: string
  readonly projects: string
}

const DIRECTORY = {
  agents: { name: 'Ida', role: 'agent' },
  groups: { name: 'Second line', private: false },
  requesters: { name: 'Rosa', email: 'rosa@customer.example' },
  customers: { name: 'Company' },
  projects: { name: 'Project' },
} as const

/** What a directory entry of each kind is made of. */
export const directoryBody = (kind: string): object => DIRECTORY[kind as keyof typeof DIRECTORY]

/** Fills the workspace with one of everything. */
export async function fill(world: World, workspace: Workspace): Promise<Belongings> {
  const { admin } = workspace
  const { masterId: master } = await outageOf(world, workspace, 2)
  const children = await admin.all<{ ticket: Ticket }>(`/v1/masters/${master}/children`)
  const [child = '', other = ''] = children.map(({ ticket }) => ticket.id)
  await admin.post(`/v1/tickets/${child}/comments`, { public: false, text: 'A note.' })
  const link = await admin.post<{ id: string }>(`/v1/tickets/${child}/links`, { kind: 'related', target: other })
  const resource = await admin.post<{ id: string }>(`/v1/tickets/${child}/resources`, {
    kind: 'task',
    title: 'Roll back',
    url: 'https://tasks.example/1',
  })
  const webhook = await admin.post<{ id: string }>('/v1/webhooks', { url: 'https://hooks.example/umbel' })
  const plan = await admin.post<Plan>(`/v1/masters/${master}/operations`, { kind: 'broadcast', text: 'Hold on.' })
  const made = await Promise.all(Object.keys(DIRECTORY).map((kind) => make(admin, kind)))
  return {
    child,
    master,
    operation: plan.operation.id,
    link: link.id,
    resource: resource.id,
    webhook: webhook.id,
    deadLetter: await loseOne(world, workspace),
    ...(Object.fromEntries(made) as Record<keyof typeof DIRECTORY, string>),
  }
}

async function make(admin: Api, kind: string): Promise<readonly [kind: string, id: string]> {
  const { id } = await admin.post<{ id: string }>(`/v1/directory/${kind}`, directoryBody(kind))
  return [kind, id]
}

/** Publishes what cannot be read; resolves with the dead letter's id. */
async function loseOne(world: World, workspace: Workspace): Promise<string> {
  await using broker = upstreamBroker(world)
  const message = upsertMessage(workspace, { subject: `lost-${newId()}`, sequence: 1, ticket: { subject: 'Lost' } })
  await broker.publish([{ ...message, value: message.value.slice(0, -1) }])
  const [letter] = await until(
    async () => {
      const found = await workspace.admin.all<{ id: string }>('/v1/dead-letters?service=ticket')
      return found.length > 0 ? found : undefined
    },
    { deadlineMs: 30_000, what: 'a dead letter' },
  )
  return letter?.id ?? ''
}
