import { LinkingService } from '@umbel/contracts'
import { notFound, refused } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type Handlers, serveRpc } from '@umbel/rpc'
import { expect, it } from 'vitest'
import { linkingPeer } from './linking-peer.ts'

const nothing = Object.fromEntries(
  LinkingService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof LinkingService>

/** What becomes of a question that linking answers like this. */
async function asked(findLeaks: Handlers<typeof LinkingService>['findLeaks']) {
  const verify = () => Promise.resolve({ kind: 'service', id: 't', workspaceId: null, actorId: null } as const)
  const services = [{ service: LinkingService, handlers: { ...nothing, findLeaks } }]
  await using server = await serveRpc({ host: '127.0.0.1', port: 0, services, verify, log: { error: () => {} } })
  using peer = linkingPeer(`127.0.0.1:${server.port}`, () => Promise.resolve('token'))
  return await peer.findLeaks(newId(), newId(), { masterId: newId(), ticketId: newId(), text: 'hello' })
}

it('asks about the text for its one reader', async () => {
  const leak = { field: 'text', phrase: 'Bea Berg', kind: 'requester', common: false, offset: 0 }
  let question: unknown
  const found = await asked(async ({ texts, receiverIds }) => {
    question = { texts: texts.map(({ field, text }) => [field, text]), receivers: receiverIds.length }
    return { leaks: [leak] }
  })
  expect(found).toEqual([{ phrase: 'Bea Berg', kind: 'requester', common: false }])
  expect(question).toEqual({ texts: [['text', 'hello']], receivers: 1 })
})

it('takes a master that linking does not know yet, or no more, for something that passes', async () => {
  const unknown = asked(() => Promise.reject(notFound('not-found', 'no such master in this workspace')))
  await expect(unknown).rejects.toMatchObject({ kind: 'unavailable', slug: 'leak-check-behind' })
})

it('says what else linking says', async () => {
  const said = asked(() => Promise.reject(refused('texts-too-long', 'they are')))
  await expect(said).rejects.toMatchObject({ kind: 'refused', slug: 'texts-too-long' })
})
