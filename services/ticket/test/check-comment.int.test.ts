import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Leak } from '../src/domain/comment-check.ts'
import { type Child, children } from './pages.ts'
import { startWorld, type World } from './support.ts'

let world: World
let child: Child
/** What happens while linking is asked, and what it finds. */
let meanwhile: () => Promise<readonly Leak[]>
beforeAll(async () => {
  world = await startWorld(() => meanwhile())
})
afterAll(async () => world?.[Symbol.asyncDispose]())
beforeEach(async () => {
  meanwhile = async () => []
  ;[child] = (await children(world, 1)) as [Child]
})

const name: Leak = { phrase: 'Bea Berg', kind: 'requester', common: false }
const say = (text: string, more: { key?: string; overrideReason?: string } = {}) =>
  world.asAgent(world.people.grace).addComment({
    workspaceId: world.workspaceId,
    ticketId: child.ticketId,
    public: true,
    text,
    overrideReason: more.overrideReason ?? '',
    idempotency: { key: more.key ?? newId(), digest: Buffer.from(text) },
  })
const slug = (word: string) => expect.objectContaining({ slug: word })
const said = async () =>
  (await world.tickets.listComments({ workspaceId: world.workspaceId, ticketId: child.ticketId })).comments.map(
    ({ text }) => text,
  )
const link = (primaryMasterId: string, linkVersion: bigint) =>
  world.tickets.setPrimaryLinks({
    workspaceId: world.workspaceId,
    links: [{ ...child, primaryMasterId, linkVersion }],
  })

it('adds nothing to a child that was given to somebody else while its text was looked at', async () => {
  const { workspaceId } = world
  const { requester } = await world.directory.putRequester({ workspaceId, requester: { name: 'Cid Carr' } })
  meanwhile = async () => {
    await world.tickets.updateTicket({ workspaceId, id: child.ticketId, requesterId: requester?.id ?? '' })
    return []
  }
  await expect(say('Dear Rita Ray')).rejects.toEqual(slug('requester-changed'))
  expect(await said()).toEqual([])
})

it('adds nothing to a child that another master got while its text was looked at', async () => {
  meanwhile = async () => {
    await link(newId(), 2n)
    return []
  }
  await expect(say('It is fixed')).rejects.toEqual(slug('ticket-linked'))
  expect(await said()).toEqual([])
})

it('answers a repeat as the first, also where its text has become a leak, and another text under its key never', async () => {
  const key = newId()
  const first = await say('As Bea Berg says', { key })
  meanwhile = async () => [name]
  expect(await say('As Bea Berg says', { key })).toEqual(first)
  await expect(say('Bea Berg told us', { key })).rejects.toEqual(slug('idempotency-key-reused'))
  await expect(say('As Bea Berg says')).rejects.toEqual(slug('text-leaks'))
  await say('As Bea Berg says again', { overrideReason: 'they are married' })
  expect(await said()).toEqual(['As Bea Berg says', 'As Bea Berg says again'])
})
