import { TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const digest = (text: string) => new TextEncoder().encode(text)
const open = (subject: string, more: object = {}) =>
  world.tickets.openTicket({ workspaceId: world.workspaceId, subject, ...more }, { actorId: world.people.grace })
const versionOf = async (id: string) =>
  (await world.tickets.getTicket({ workspaceId: world.workspaceId, id })).ticket?.version

/** Four fields, close to the most that a ticket takes. */
const largeForm = (letter: string) =>
  Object.fromEntries([1, 2, 3, 4].map((field) => [`field ${field}`, letter.repeat(60_000)]))

/** The ids of each page, until there is no next one. */
async function everyPage(read: (pageToken: string) => Promise<{ items: { id: string }[]; next: string }>) {
  const pages: string[][] = []
  for (let pageToken = '', more = true; more; more = pageToken !== '') {
    const { items, next } = await read(pageToken)
    pages.push(items.map(({ id }) => id))
    pageToken = next
  }
  return pages
}

async function requester(name = 'Rita', email = `${newId()}@customer.test`) {
  const { customer } = await world.directory.putCustomer({ workspaceId: world.workspaceId, customer: { name: 'Acme' } })
  const put = await world.directory.putRequester({
    workspaceId: world.workspaceId,
    requester: { name, email, customerId: customer?.id ?? '' },
  })
  return { id: put.requester?.id ?? '', email, customerId: customer?.id ?? '' }
}

describe('opening', () => {
  it('numbers tickets without gaps, however many are opened at once', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, (_, at) => open(`ticket ${at}`)))
    const numbers = opened.map(({ ticket }) => Number(ticket?.number)).sort((a, b) => a - b)
    expect(numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1)).toBe(true)
  })

  it('takes the description as the words of the requester, and the customer from the requester', async () => {
    const rita = await requester()
    const { ticket } = await open('cannot log in', { requesterId: rita.id, description: 'Nothing works.' })
    expect(ticket).toMatchObject({ requesterId: rita.id, customerId: rita.customerId, version: 1n })
    const { comments } = await world.tickets.listComments({
      workspaceId: world.workspaceId,
      ticketId: ticket?.id ?? '',
    })
    expect(comments).toMatchObject([{ public: true, text: 'Nothing works.', authorName: 'Rita', version: 1n }])
  })

  it('opens the same ticket when a stored step repeats its own id', async () => {
    const id = newId()
    const [first, second] = [await open('once', { id }), await open('once', { id })]
    expect(second).toEqual(first)
  })

  it('names the field that is wrong', async () => {
    await expect(open('  ')).rejects.toMatchObject({ kind: 'invalid', slug: 'subject-empty', field: 'subject' })
    await expect(open('a\u0007b')).rejects.toMatchObject({ slug: 'control-character', field: 'subject' })
    await expect(open('x', { requesterId: newId() })).rejects.toMatchObject({ slug: 'unknown-requester' })
    await expect(open('x', { groupId: 'no id' })).rejects.toMatchObject({ slug: 'unknown-group', field: 'group_id' })
    const text = 'x'.repeat(65_537)
    await expect(open('x', { description: text })).rejects.toMatchObject({ slug: 'text-too-long' })
  })
})

describe('writing twice', () => {
  it('answers a repeated key with the first answer and changes nothing', async () => {
    const { ticket } = await open('twice')
    const request = {
      workspaceId: world.workspaceId,
      ticketId: ticket?.id ?? '',
      text: 'a note',
      idempotency: { key: 'k-1', digest: digest('a note') },
    }
    const first = await world.tickets.addComment(request)
    expect(await world.tickets.addComment(request)).toEqual(first)
    expect(await versionOf(request.ticketId)).toBe(2n)
    const other = { ...request, idempotency: { key: 'k-1', digest: digest('another') } }
    await expect(world.tickets.addComment(other)).rejects.toMatchObject({
      kind: 'refused',
      slug: 'idempotency-key-reused',
    })
  })

  it('refuses a stale version and leaves the ticket alone', async () => {
    const { ticket } = await open('stale')
    const id = ticket?.id ?? ''
    const update = (subject: string, expectedVersion: bigint) =>
      world.tickets.updateTicket({ workspaceId: world.workspaceId, id, subject, expectedVersion })
    await update('fresh', 1n)
    await expect(update('late', 1n)).rejects.toMatchObject({ kind: 'conflict', slug: 'version-mismatch' })
    expect(await versionOf(id)).toBe(2n)
  })

  it('adds no version when everything is as asked already', async () => {
    const { ticket } = await open('same')
    const id = ticket?.id ?? ''
    await world.tickets.updateTicket({ workspaceId: world.workspaceId, id, subject: 'same' })
    expect(await versionOf(id)).toBe(1n)
  })
})

describe('who may', () => {
  it('answers another workspace by not-found, like an id that is none', async () => {
    const { ticket } = await open('ours')
    const stranger = newId()
    const slug = `s${stranger.slice(-12)}`
    const agent = newId()
    const agents = [{ id: agent, name: 'Sam', role: 'admin' }]
    await world.operator.ensureWorkspace({ workspaceId: stranger, slug, name: 'Other', agents })
    const read = (id: string) =>
      world.tickets.getTicket({ workspaceId: stranger, id }, { actorId: agent }).catch((error: unknown) => error)
    const answers = await Promise.all([ticket?.id ?? '', newId(), 'nonsense'].map(read))
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'not-found', slug: 'not-found' })
  })

  it('keeps the tickets of a private group from those outside it, in lists too', async () => {
    const group = { name: 'Security', private: true }
    const made = await world.directory.putGroup({ workspaceId: world.workspaceId, group })
    const { ticket } = await world.tickets.openTicket({
      workspaceId: world.workspaceId,
      subject: 'a secret',
      groupId: made.group?.id ?? '',
    })
    const id = ticket?.id ?? ''
    const grace = world.asAgent(world.people.grace)
    await expect(grace.getTicket({ workspaceId: world.workspaceId, id })).rejects.toMatchObject({ kind: 'not-found' })
    const list = await grace.listTickets({ workspaceId: world.workspaceId, ids: [id] })
    expect(list.tickets).toEqual([])
    const states = await grace.getTicketStates({ workspaceId: world.workspaceId, ticketIds: [id] })
    expect(states).toMatchObject({ states: [], hidden: 1 })
    await expect(
      grace.addComment({ workspaceId: world.workspaceId, ticketId: id, text: 'hello' }),
    ).rejects.toMatchObject({ kind: 'not-found' })
    const agent = { id: world.people.grace, name: 'Grace Agent', role: 'agent', groupIds: [made.group?.id ?? ''] }
    await world.directory.putAgent({ workspaceId: world.workspaceId, agent })
    expect((await grace.getTicket({ workspaceId: world.workspaceId, id })).ticket?.id).toBe(id)
  })

  it('lets light agents note and nothing more', async () => {
    const { ticket } = await open('look')
    const lee = world.asAgent(world.people.lee)
    const ticketId = ticket?.id ?? ''
    const note = await lee.addComment({ workspaceId: world.workspaceId, ticketId, text: 'seen' })
    expect(note.comment).toMatchObject({ public: false, authorName: 'Lee Light' })
    await expect(
      lee.addComment({ workspaceId: world.workspaceId, ticketId, text: 'hello', public: true }),
    ).rejects.toMatchObject({ kind: 'forbidden', slug: 'not-permitted' })
    await expect(
      lee.updateTicket({ workspaceId: world.workspaceId, id: ticketId, subject: 'x' }),
    ).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

describe('the life of a ticket', () => {
  it('opens again when the requester replies, once per mail, and takes nothing once closed', async () => {
    const rita = await requester('Rita')
    const { ticket } = await open('mail', { requesterId: rita.id })
    const ticketId = ticket?.id ?? ''
    const { workspaceId } = world
    await world.tickets.updateTicket({ workspaceId, id: ticketId, status: TicketStatus.SOLVED })
    const mail = {
      workspaceId,
      ticketId,
      messageId: '<1@customer.test>',
      text: 'Still broken',
      senderAddress: rita.email,
    }
    const first = await world.tickets.addReply(mail)
    expect(first.repeated).toBe(false)
    expect(await world.tickets.addReply(mail)).toMatchObject({ repeated: true, commentId: first.commentId })
    const now = (await world.tickets.getTicket({ workspaceId, id: ticketId })).ticket
    expect(now).toMatchObject({ status: TicketStatus.OPEN, version: 3n })
    const strange = { ...mail, messageId: '<2@customer.test>', senderAddress: 'mallory@elsewhere.test' }
    await expect(world.tickets.addReply(strange)).rejects.toMatchObject({ kind: 'refused', slug: 'sender-unknown' })
    await world.tickets.updateTicket({ workspaceId, id: ticketId, status: TicketStatus.CLOSED })
    const late = { ...mail, messageId: '<3@customer.test>' }
    await expect(world.tickets.addReply(late)).rejects.toMatchObject({ kind: 'refused', slug: 'ticket-closed' })
  })

  it('takes internal comments only on a master', async () => {
    const { ticket } = await open('outage', { master: true, description: 'it is the switch' })
    const comment = { workspaceId: world.workspaceId, ticketId: ticket?.id ?? '', text: 'hello all', public: true }
    await expect(world.tickets.addComment(comment)).rejects.toMatchObject({ slug: 'master-is-internal' })
    const { comments } = await world.tickets.listComments(comment)
    expect(comments).toMatchObject([{ public: false, text: 'it is the switch' }])
  })

  it('closes for good what was solved long enough ago, and spares what was solved since or opened again', async () => {
    const [old, fresh, again] = [await open('old'), await open('fresh'), await open('again')].map(
      ({ ticket }) => ticket?.id ?? '',
    )
    const { workspaceId } = world
    const move = (id = '', status: TicketStatus) => world.tickets.updateTicket({ workspaceId, id, status })
    for (const id of [old, fresh, again]) await move(id, TicketStatus.SOLVED)
    await move(again, TicketStatus.OPEN)
    await world.rows(
      `update solved_ticket set solved_recorded_at = now() - interval '29 days' where ticket_id = any($1)`,
      [[old, again]],
    )
    expect(await world.service.closeSolved()).toBe(1)
    const statusOf = async (id = '') => (await world.tickets.getTicket({ workspaceId, id })).ticket?.status
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([TicketStatus.CLOSED, TicketStatus.SOLVED])
    expect(await statusOf(again)).toBe(TicketStatus.OPEN)
    const waiting = await world.rows('select ticket_id from solved_ticket where ticket_id = any($1)', [[old, again]])
    expect(waiting).toEqual([])
  })

  it('writes one audit entry for each version, with cause and changes, and pages through them', async () => {
    const { ticket } = await open('audited')
    const ticketId = ticket?.id ?? ''
    const { workspaceId } = world
    await world.tickets.updateTicket(
      { workspaceId, id: ticketId, addLabels: ['vip'], subject: 'audited twice' },
      { actorId: world.people.grace },
    )
    const first = await world.tickets.listAudit({ workspaceId, ticketId, pageSize: 1 })
    const second = await world.tickets.listAudit({ workspaceId, ticketId, pageSize: 1, pageToken: first.nextPageToken })
    expect(first.entries).toMatchObject([{ version: 1n, note: 'opened' }])
    expect(second.entries[0]?.changes.map(({ field }) => field)).toEqual(['subject', 'labels'])
    expect(second.entries[0]?.cause?.actor?.id).toBe(world.people.grace)
    expect(second.nextPageToken).toBe('')
  })
})

describe('links and the role', () => {
  it('lets a higher link version win and adds no version of its own', async () => {
    const { ticket } = await open('child')
    const ticketId = ticket?.id ?? ''
    const [master, older] = [newId(), newId()]
    const { workspaceId } = world
    const link = (primaryMasterId: string, linkVersion: bigint) => ({
      ticketId,
      primaryMasterId,
      linkId: newId(),
      linkVersion,
    })
    await world.tickets.setPrimaryLinks({ workspaceId, links: [link(master, 5n)] })
    const unknown = newId()
    const answer = await world.tickets.setPrimaryLinks({
      workspaceId,
      links: [link(older, 4n), { ...link(older, 9n), ticketId: unknown }],
    })
    expect(answer.unknownTicketIds).toEqual([unknown])
    const now = (await world.tickets.getTicket({ workspaceId, id: ticketId })).ticket
    expect(now).toMatchObject({ primaryMasterId: master, version: 1n })
    await world.tickets.setMasterRole({ workspaceId, ticketId, master: true, roleVersion: 2n })
    await world.tickets.setMasterRole({ workspaceId, ticketId, master: false, roleVersion: 1n })
    expect((await world.tickets.getTicket({ workspaceId, id: ticketId })).ticket?.master).toBe(true)
  })
})

describe('reading many', () => {
  it('streams every ticket and pages through lists without losing one', async () => {
    const { workspaceId } = world
    const streamed: string[] = []
    for await (const { tickets } of world.tickets.streamTicketStates({ workspaceId }))
      streamed.push(...tickets.map(({ id }) => id))
    const listed: string[] = []
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await world.tickets.listTickets({ workspaceId, pageSize: 3, pageToken })
      listed.push(...page.tickets.map(({ id }) => id))
      pageToken = page.nextPageToken
    }
    expect(listed.toSorted()).toEqual(streamed.toSorted())
    await expect(world.tickets.listTickets({ workspaceId, pageSize: 1_001 })).rejects.toMatchObject({
      field: 'page_size',
    })
    await expect(world.tickets.listTickets({ workspaceId, pageToken: 'x' })).rejects.toMatchObject({
      field: 'page_token',
    })
  })

  it('ends a page where one message holds no more, and loses nothing of what is large', async () => {
    const { workspaceId } = world
    const requesterId = (await requester('Wordy')).id
    const ids: string[] = []
    for (let at = 0; at < 20; at++)
      ids.push((await open('large', { requesterId, fields: largeForm('x') })).ticket?.id ?? '')
    const pages = await everyPage(async (pageToken) => {
      const page = await world.tickets.listTickets({ workspaceId, requesterId, pageSize: 1_000, pageToken })
      return { items: page.tickets, next: page.nextPageToken }
    })
    expect(pages).toHaveLength(2)
    expect(pages.flat()).toEqual(ids.toReversed())
    const streamed: string[] = []
    for await (const { tickets } of world.tickets.streamTicketStates({ workspaceId, ticketIds: ids }))
      streamed.push(...tickets.map(({ id }) => id))
    expect(streamed.toSorted()).toEqual(ids.toSorted())
  })

  it('ends a page of a thread and of an audit in the same way', async () => {
    const { workspaceId } = world
    const by = { actorId: world.people.grace }
    const ticketId = (await open('talkative')).ticket?.id ?? ''
    for (let at = 0; at < 75; at++)
      await world.tickets.addComment({ workspaceId, ticketId, public: false, text: 'x'.repeat(60_000) }, by)
    for (const letter of 'abcdefghij')
      await world.tickets.updateTicket({ workspaceId, id: ticketId, fields: largeForm(letter) }, by)
    const comments = await everyPage(async (pageToken) => {
      const page = await world.tickets.listComments({ workspaceId, ticketId, pageSize: 1_000, pageToken })
      return { items: page.comments, next: page.nextPageToken }
    })
    const entries = await everyPage(async (pageToken) => {
      const page = await world.tickets.listAudit({ workspaceId, ticketId, pageSize: 1_000, pageToken })
      return { items: page.entries, next: page.nextPageToken }
    })
    expect([comments.length, new Set(comments.flat()).size]).toEqual([2, 75])
    expect([entries.length, new Set(entries.flat()).size]).toEqual([2, 1 + 75 + 10])
  })

  it('gives notification what it sends: body, address and the mail it answers', async () => {
    const rita = await requester('Rita')
    const { ticket } = await open('outgoing', { requesterId: rita.id })
    const { workspaceId } = world
    const ticketId = ticket?.id ?? ''
    await world.tickets.addReply({ workspaceId, ticketId, messageId: '<m@c>', text: 'and?', senderAddress: rita.email })
    const said = await world.tickets.addComment(
      { workspaceId, ticketId, text: 'Fixed.', public: true },
      { actorId: world.people.grace },
    )
    const keys = [{ ticketId, commentId: said.comment?.id ?? '' }]
    const answer = await world.tickets.getOutgoing({ workspaceId, keys })
    expect(answer).toMatchObject({ workspaceName: 'Desk', mailDomain: 'desk.test', bodies: [{ text: 'Fixed.' }] })
    expect(answer.outgoing).toMatchObject([
      { recipientAddress: rita.email, recipientName: 'Rita', authorName: 'Grace Agent', inReplyTo: '<m@c>' },
    ])
    const grace = world.asAgent(world.people.grace)
    await expect(grace.getOutgoing({ workspaceId, keys })).rejects.toMatchObject({ kind: 'forbidden' })
  })

  it("names no mail of an earlier requester to the present one, and the earlier one's own again to them", async () => {
    const { workspaceId } = world
    const [rita, otto] = [await requester('Rita'), await requester('Otto')]
    const { ticket } = await open('handed over', { requesterId: rita.id })
    const ticketId = ticket?.id ?? ''
    const answered = async () => {
      const said = await world.tickets.addComment(
        { workspaceId, ticketId, text: 'Fixed.', public: true },
        { actorId: world.people.grace },
      )
      const keys = [{ ticketId, commentId: said.comment?.id ?? '' }]
      return (await world.tickets.getOutgoing({ workspaceId, keys })).outgoing[0]?.inReplyTo
    }
    const reply = { workspaceId, ticketId, text: 'and?' }
    await world.tickets.addReply({ ...reply, messageId: '<rita@c>', senderAddress: rita.email })
    await world.tickets.updateTicket({ workspaceId, id: ticketId, requesterId: otto.id })
    expect(await answered()).toBe('')
    await world.tickets.addReply({ ...reply, messageId: '<otto@c>', senderAddress: otto.email })
    expect(await answered()).toBe('<otto@c>')
    await world.tickets.updateTicket({ workspaceId, id: ticketId, requesterId: rita.id })
    expect(await answered()).toBe('<rita@c>')
  })
})
