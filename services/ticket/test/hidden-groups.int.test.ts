import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from './support.ts'

let world: World
let ours: string
let secret: string
beforeAll(async () => {
  world = await startWorld()
  const { workspaceId, people } = world
  const { group } = await world.directory.putGroup({ workspaceId, group: { name: 'Legal', private: true } })
  ours = group?.id ?? ''
  await world.directory.putAgent({
    workspaceId,
    agent: { id: people.grace, name: 'Grace Agent', role: 'agent', groupIds: [ours] },
  })
  const opened = await world.tickets.openTicket({ workspaceId, subject: 'secret', groupId: ours })
  secret = opened.ticket?.id ?? ''
})
afterAll(() => world[Symbol.asyncDispose]())

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: Error) => ({ ...error, message: error.message, cause: undefined, stack: undefined }),
  )

it('says of a hidden ticket what it says of one that does not exist, word for word', async () => {
  const { workspaceId, people } = world
  const ada = world.asAgent(people.admin)
  const calls = (id: string) => [
    ada.getTicket({ workspaceId, id }),
    ada.updateTicket({ workspaceId, id, subject: 'mine' }),
    ada.addComment({ workspaceId, ticketId: id, text: 'hello', public: false }),
    ada.listComments({ workspaceId, ticketId: id }),
    ada.listAudit({ workspaceId, ticketId: id }),
  ]
  const hidden = await Promise.all(calls(secret).map(refusal))
  expect(hidden).toEqual(await Promise.all(calls(newId()).map(refusal)))
  expect(hidden).not.toContain('answered')
})

it('gives no hidden ticket away by its id or in a stream', async () => {
  const { workspaceId, people } = world
  const seenBy = async (agentId: string, ticketIds: string[]) => {
    const seen: string[] = []
    for await (const { tickets } of world.asAgent(agentId).streamTicketStates({ workspaceId, ticketIds }))
      seen.push(...tickets.map(({ id }) => id))
    return seen
  }
  expect(await seenBy(people.grace, [])).toContain(secret)
  expect(await seenBy(people.admin, [])).not.toContain(secret)
  expect(await seenBy(people.admin, [secret])).toEqual([])
  const again = world.asAgent(people.admin).openTicket({ workspaceId, id: secret, subject: 'x' })
  await expect(again).rejects.toMatchObject({ kind: 'not-found' })
})

it('gives no hidden ticket away by its number', async () => {
  const { workspaceId, people } = world
  const one = (await world.tickets.openTicket({ workspaceId, subject: 'VPN' })).ticket
  const hidden = (await world.tickets.getTicket({ workspaceId, id: secret })).ticket
  const numbers = [hidden?.number ?? 0n, one?.number ?? 0n, 0n, 2n ** 53n, 2n ** 64n - 1n]
  const seenBy = async (agentId: string) =>
    new Map(
      (await world.asAgent(agentId).getTicketIds({ workspaceId, numbers })).tickets.map(({ id, number }) => [
        id,
        number,
      ]),
    )
  const ofOne = [one?.id, one?.number] as const
  expect(await seenBy(people.grace)).toEqual(new Map([[secret, hidden?.number], ofOne]))
  expect(await seenBy(people.admin)).toEqual(new Map([ofOne]))
  const tooMany = Array.from({ length: 1_001 }, (_, at) => BigInt(at))
  const asked = world.tickets.getTicketIds({ workspaceId, numbers: tooMany })
  await expect(asked).rejects.toMatchObject({ kind: 'invalid', slug: 'too-many-tickets' })
})

it('names no private group to who is no member, in cursors and in rights of others', async () => {
  const { workspaceId, people } = world
  for (const name of ['One', 'Two']) await world.directory.putGroup({ workspaceId, group: { name, private: false } })
  const directory = world.directoryAs(people.admin)
  const named: string[] = []
  for (let pageToken = '', pages = 0; pages < 5; pages += 1) {
    const page = await directory.listDirectory({ workspaceId, kind: 'groups', pageSize: 1, pageToken })
    named.push(...page.groups.map(({ id }) => id), Buffer.from(page.nextPageToken, 'base64url').toString())
    pageToken = page.nextPageToken
    if (pageToken === '') break
  }
  expect(named.join(' ')).not.toContain(ours)
  expect(named.filter((name) => !name.startsWith('[') && name !== '')).toHaveLength(2)
  const lee = await world.asAgent(people.admin).resolveActor({ workspaceId, actorId: people.lee })
  expect(lee.hiddenGroupIds).toEqual([])
  const asked = await world.tickets.resolveActor({ workspaceId, actorId: people.lee })
  expect(asked.hiddenGroupIds).toEqual([ours])
})

it('lets an admin who is no member neither open a private group nor put its members out', async () => {
  const { workspaceId, people } = world
  const directory = world.directoryAs(people.admin)
  const opening = directory.putGroup({ workspaceId, group: { id: ours, name: 'Legal', private: false } })
  await expect(opening).rejects.toMatchObject({ kind: 'not-found' })
  const agent = { id: people.grace, name: 'Grace Hopper', role: 'agent', groupIds: [] }
  expect((await directory.putAgent({ workspaceId, agent })).agent).toMatchObject({ groupIds: [] })
  const { ticket } = await world.asAgent(people.grace).getTicket({ workspaceId, id: secret })
  expect(ticket?.id).toBe(secret)
})
