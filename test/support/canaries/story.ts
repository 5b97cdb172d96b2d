import { idFrom } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { ended, start } from '../operate.ts'
import type { Master, Ticket } from '../shapes.ts'
import { settled } from '../tap.ts'
import { upstreamBroker } from '../upstream.ts'
import type { Workspace } from '../workspace.ts'
import type { World } from '../world.ts'
import { type Answer, answerByMail } from './answer.ts'
import { type Cast, wordOf } from './cast.ts'
import { bounce, refusals } from './misfortunes.ts'
import { type UpstreamStory, upstreamStory } from './upstream-story.ts'

/** A workspace after its story, and who is who in it. */
export interface Played {
  readonly cast: Cast
  readonly workspace: Workspace
  readonly upstream: UpstreamStory
  readonly masterId: string
  /** Ticket, requester or customer → whose it is; everything else belongs to the house. */
  readonly owners: ReadonlyMap<string, string>
  /** In the order of the cast. */
  readonly childIds: readonly string[]
  readonly relatedId: string
  readonly followUpId: string
  readonly operationIds: readonly string[]
  /** A customer's mail, to be sent once more. */
  readonly answer: Answer
}

/**
 * An outage from the first upstream event to its end: children, notes, a related ticket, a follow-up, a broadcast, a
 * customer's answer and an agent's reply to it, and the close; every word of it with a token.
 */
export async function playStory(world: World, cast: Cast, { broken = true } = {}): Promise<Played> {
  const workspace = await world.workspace(cast.slug, { name: cast.workspaceName })
  await nameAuthor(workspace, cast)
  const upstream = upstreamStory(workspace, cast, { broken })
  await using broker = upstreamBroker(world)
  await broker.publish(upstream.messages)
  const masterId = await masterWith(workspace, upstream, cast.children.length)
  const tickets = await Promise.all(cast.children.map((child) => ticketOf(workspace, upstream, child.owner)))
  const childIds = tickets.map(({ id }) => id)
  const related = await openRelated(workspace, cast, childIds[0] ?? '')
  const followUpId = await addFollowUp(workspace, cast, masterId)
  await writeNotes(workspace, cast, [masterId, ...childIds])
  const broadcast = await start(workspace.agent, masterId, {
    kind: 'broadcast',
    text: cast.says('broadcast', 'Hold on.'),
  })
  await ended(workspace.agent, broadcast.id)
  const answer = await converse(world, workspace, cast, masterId, childIds[0] ?? '')
  const close = await start(workspace.agent, masterId, { kind: 'close', text: cast.says('close', 'It works again.') })
  await ended(workspace.agent, close.id)
  if (broken) {
    await bounce(world, workspace, cast, related.id)
    await refusals(world, workspace, cast, masterId)
  }
  await settled(world)
  const poisoned = await ticketsOf(workspace, upstream, cast.owner('poison'))
  const owners = new Map([
    [masterId, cast.owner('master')],
    [followUpId, cast.followUp.owner],
    ...tickets.flatMap((ticket, at) => ownedBy(cast.children[at]?.owner ?? '', ticket)),
    ...ownedBy(cast.related.owner, related),
    ...poisoned.flatMap((ticket) => ownedBy(cast.owner('poison'), ticket)),
  ])
  const ids = { masterId, childIds, followUpId, relatedId: related.id, operationIds: [broadcast.id, close.id] }
  return { cast, workspace, upstream, owners, answer, ...ids }
}

const ownedBy = (owner: string, { id, requesterId, customerId }: Owned): (readonly [string, string])[] =>
  [id, requesterId, customerId].map((each) => [each, owner])

type Owned = Ticket & { readonly requesterId: string; readonly customerId: string }

async function nameAuthor(workspace: Workspace, cast: Cast): Promise<void> {
  const email = `author.${wordOf(cast.says('house', ''))}@umbel.example`
  const named = { name: cast.says('author', 'Ada'), email, role: 'agent' }
  await workspace.admin.put(`/v1/directory/agents/${idFrom('agent', workspace.id, 'agent')}`, named)
}

async function masterWith(workspace: Workspace, upstream: UpstreamStory, children: number): Promise<string> {
  const found = await until(
    async () => {
      const masters = await workspace.admin.all<Master>('/v1/masters')
      const shown = masters.find(({ external }) => external?.id === upstream.masterSubject)
      return shown?.rollup.children.total === children ? shown : undefined
    },
    { deadlineMs: 60_000, what: `a master with ${children} children` },
  )
  return found.id
}

/** The tickets that upstream made of this owner's words. */
async function ticketsOf({ admin }: Workspace, { subjects }: UpstreamStory, owner: string): Promise<Owned[]> {
  const all = await admin.all<Owned>('/v1/tickets')
  return all.filter(({ externalIds }) => externalIds.some(({ id }) => subjects.get(id) === owner))
}

async function ticketOf(workspace: Workspace, upstream: UpstreamStory, owner: string): Promise<Owned> {
  return until(
    async () => {
      const [ticket] = await ticketsOf(workspace, upstream, owner)
      return ticket !== undefined && ticket.version >= 3 ? ticket : undefined
    },
    { deadlineMs: 60_000, what: `what upstream says of ${owner}` },
  )
}

/** By the API: another customer's ticket, related to the first child; tasks, labels and fields on that child. */
async function openRelated({ admin, agent }: Workspace, cast: Cast, childId: string): Promise<Owned> {
  const { related, children, says } = cast
  const make = (kind: string, body: object) => admin.post<{ id: string }>(`/v1/directory/${kind}`, body)
  const customer = await make('customers', { name: related.says('Company') })
  const person = { name: related.says('Customer'), email: related.email, customerId: customer.id }
  const requester = await make('requesters', person)
  const project = await make('projects', { name: says('house', 'Project') })
  const group = await make('groups', { name: says('house', 'Group') })
  const opened = await agent.post<Owned>('/v1/tickets', {
    requesterId: requester.id,
    customerId: customer.id,
    projectId: project.id,
    groupId: group.id,
    subject: related.says('Slow'),
    description: related.says('It takes a minute.'),
    labels: [related.says('label')],
    fields: { browser: related.says('One') },
  })
  const own = (words: string) => children[0]?.says(words) ?? words
  const child = `/v1/tickets/${childId}`
  await agent.post(`${child}/links`, { kind: 'related', target: opened.id })
  const url = `https://tasks.example/${wordOf(own(''))}`
  await agent.post(`${child}/resources`, { kind: 'task', title: own('Look into it'), url })
  await agent.patch(child, { addLabels: [own('label')], fields: { tried: own('Restart') } })
  return opened
}

async function addFollowUp({ agent }: Workspace, { followUp }: Cast, masterId: string): Promise<string> {
  const create = [{ subject: followUp.says('Write it up'), description: followUp.says('By Friday.') }]
  const path = `/v1/masters/${masterId}/children`
  const { outcomes } = await agent.post<{ outcomes: { ticketId: string }[] }>(path, { create })
  return outcomes[0]?.ticketId ?? ''
}

async function writeNotes({ agent }: Workspace, cast: Cast, ticketIds: readonly string[]): Promise<void> {
  for (const id of ticketIds)
    await agent.post(`/v1/tickets/${id}/comments`, { public: false, text: cast.says('note', 'Between us.') })
}

/** The first child's customer answers by mail, and an agent replies to that. */
async function converse(world: World, { agent }: Workspace, cast: Cast, masterId: string, childId: string) {
  const [child] = cast.children
  if (child === undefined) throw new Error('a story needs a child')
  const answer = await answerByMail(world, child)
  await until(
    async () => (await agent.get<Master>(`/v1/masters/${masterId}`)).rollup.latestReply?.ticketId === childId,
    { deadlineMs: 60_000, what: 'the answer in the rollup' },
  )
  const mails = () => world.mailbox.messages().filter(({ envelope }) => envelope.to.includes(child.email)).length
  const before = mails()
  await agent.post(`/v1/tickets/${childId}/comments`, { public: true, text: child.says('Thank you.') })
  await until(() => mails() > before, { deadlineMs: 60_000, what: 'the reply to the answer' })
  return answer
}
