import { create } from '@bufbuild/protobuf'
import { TicketPriority, TicketSchema, TicketStatus } from '@umbel/contracts'
import { conflict, notFound, refused } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { describe, expect, it } from 'vitest'
import { peer, startDesk, workspaceId } from './world.ts'

const ticket = create(TicketSchema, {
  id: newId(),
  number: 1042n,
  version: 7n,
  subject: 'Cannot log in',
  status: TicketStatus.OPEN,
  priority: TicketPriority.HIGH,
  externalIds: [{ source: '/crm', id: 'A-1' }],
})

describe('tickets over REST', () => {
  it('shows a ticket by its number, with its version as the entity tag', async () => {
    const asked: unknown[] = []
    await using desk = await startDesk({
      ticket: peer('ticket', {
        getTicket: async (request) => {
          asked.push(request.number ?? request.id)
          return { $typeName: 'umbel.ticket.v1.GetTicketResponse', ticket }
        },
      }),
    })
    for (const name of ['1042', '%231042', ticket.id, ticket.id.toUpperCase()]) {
      const { status, headers, json } = await desk.ask('GET', `/v1/tickets/${name}`)
      expect(status).toBe(200)
      expect(headers.get('etag')).toBe('"7"')
      expect(json).toMatchObject({ number: 1042, status: 'open', priority: 'high', requesterId: null })
    }
    expect(asked).toEqual([1042n, ticket.id, 1042n, ticket.id, ticket.id, ticket.id])
  })

  it('forwards the key, the digest of what was asked, and the caller as it came', async () => {
    const writes: { key: string; digest: string; token: string; workspaceId: string }[] = []
    await using desk = await startDesk({
      ticket: peer('ticket', {
        openTicket: async (request, { token }) => {
          const { key = '', digest = new Uint8Array() } = request.idempotency ?? {}
          writes.push({
            key,
            digest: Buffer.from(digest).toString('hex'),
            token,
            workspaceId: request.workspaceId ?? '',
          })
          return { $typeName: 'umbel.ticket.v1.OpenTicketResponse', ticket }
        },
      }),
    })
    const headers = { 'idempotency-key': 'k-1' }
    await desk.ask('POST', '/v1/tickets', { headers, raw: '{"subject":"a","labels":["x"]}' })
    await desk.ask('POST', '/v1/tickets', { headers, raw: '{ "labels": ["x"], "subject": "a" }' })
    await desk.ask('POST', '/v1/tickets', { headers, raw: '{"subject":"b","labels":["x"]}' })
    await desk.ask('POST', '/v1/tickets', { body: { subject: 'c' } })
    const [first, respelt, other, keyless] = writes
    expect(respelt).toEqual(first)
    expect(other?.digest).not.toBe(first?.digest)
    expect(first).toMatchObject({ key: 'k-1', token: 'agent', workspaceId })
    expect(keyless?.key).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('turns a conflict over a version into 412 only for callers who named one', async () => {
    await using desk = await startDesk({
      ticket: peer('ticket', {
        updateTicket: ({ expectedVersion }) =>
          Promise.reject(conflict('version-mismatch', `it is not at ${expectedVersion} any more`)),
      }),
    })
    const path = `/v1/tickets/${ticket.id}`
    const named = await desk.ask('PATCH', path, { body: { status: 'solved' }, headers: { 'if-match': '"6"' } })
    expect(named.json).toMatchObject({ status: 412, slug: 'version-mismatch', detail: 'it is not at 6 any more' })
    expect((await desk.ask('PATCH', path, { body: { status: 'solved' } })).status).toBe(409)
  })

  it('lets null clear and absence stay', async () => {
    const changes: unknown[] = []
    await using desk = await startDesk({
      ticket: peer('ticket', {
        updateTicket: async (request) => {
          changes.push(request)
          return { $typeName: 'umbel.ticket.v1.UpdateTicketResponse', ticket }
        },
      }),
    })
    await desk.ask('PATCH', `/v1/tickets/${ticket.id}`, { body: { assigneeId: null, status: 'pending' } })
    expect(changes[0]).toMatchObject({ assigneeId: '', status: TicketStatus.PENDING })
    expect(changes[0]).not.toHaveProperty('groupId')
    expect(changes[0]).not.toHaveProperty('subject')
  })

  it('answers with the slug of whoever refused, and hides what was never meant for callers', async () => {
    const thrown = [refused('ticket-closed', 'closed for good'), notFound('not-found', 'nothing'), new Error('secret')]
    await using desk = await startDesk({
      ticket: peer('ticket', { addComment: () => Promise.reject(thrown.shift()) }),
    })
    const say = () => desk.ask('POST', `/v1/tickets/${ticket.id}/comments`, { body: { text: 'hi', public: true } })
    expect((await say()).json).toMatchObject({ status: 422, slug: 'ticket-closed' })
    expect((await say()).json).toMatchObject({ status: 404, slug: 'not-found' })
    const bug = await say()
    expect(bug.json).toMatchObject({ status: 500, slug: 'internal-error' })
    expect(JSON.stringify(bug.json)).not.toContain('secret')
  })
})
