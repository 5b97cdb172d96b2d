import { canaryToken, deliveryReport, type Mail, scan, until } from '@umbel/test-kit'
import nodemailer from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ended, itemsOf, start } from '../support/operate.ts'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Comment, Master, Plan, Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

/** The words of a header, each Message-ID or address one word. */
const wordsOf = (mail: Mail, header: string): string[] => mail.header(header).join(' ').split(/\s+/).filter(Boolean)

describe('a shared problem', () => {
  let world: World
  let workspace: Workspace
  let outage: Outage
  let run = 0
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    run += 1
    workspace = await world.workspace(`desk-${run}`)
    world.mailbox.reset()
    outage = await outageOf(world, workspace, 8)
  })
  const children = () => workspace.agent.all<{ ticket: Ticket }>(`/v1/masters/${outage.masterId}/children`)
  const rollup = async () => (await workspace.agent.get<Master>(`/v1/masters/${outage.masterId}`)).rollup
  const rollupShows = (what: string, right: (shown: Master['rollup']) => boolean) =>
    until(async () => right(await rollup()), { what, deadlineMs: 20_000 })

  it('is told to each customer once, each in a thread of their own, and closed for all', async () => {
    const text = `We are rolling it back. ${canaryToken()}`
    const broadcast = await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'broadcast', text })).id,
    )
    expect(broadcast.progress).toMatchObject({ applied: 8, skipped: 0, failed: 0, sent: 8, unknown: 0 })
    expect(world.mailbox.recipients()).toEqual(outage.children.map(({ email }) => email).sort())
    expect(new Set(world.mailbox.messages().map(({ messageId }) => messageId)).size).toBe(8)

    const close = await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'close', text: 'It works again.' })).id,
    )
    expect(close.progress).toMatchObject({ applied: 8, sent: 8 })
    expect(world.mailbox.messages()).toHaveLength(16)
    for (const { ticket } of await children()) expect(ticket.status).toBe('solved')
    await rollupShows('every child closed', ({ children: { open, closed } }) => open === 0 && closed === 8)
    expect(await rollup()).toMatchObject({ customers: 5, sla: { atRisk: null, breached: null } })
  })

  it('lets nothing of another child, the master or the operation into what a customer gets', async () => {
    const text = 'We are rolling it back.'
    const { id } = await start(workspace.agent, outage.masterId, { kind: 'broadcast', text })
    await ended(workspace.agent, id)
    const threads = new Set<string>()
    for (const mail of world.mailbox.messages()) {
      const child = outage.children.find(({ email }) => mail.envelope.to.includes(email))
      expect(scan(mail.raw, child?.tokens ?? [])).toEqual([])
      expect(mail.raw.toString()).not.toContain(outage.masterId)
      expect(mail.raw.toString()).not.toContain(id)
      expect(mail.text).toContain(text)
      expect(mail.html).toContain(text)
      for (const header of ['message-id', 'references', 'in-reply-to', 'reply-to'])
        for (const word of wordsOf(mail, header)) {
          expect(threads.has(word)).toBe(false)
        }
      for (const header of ['message-id', 'references', 'reply-to'])
        for (const word of wordsOf(mail, header)) threads.add(word)
    }
  })

  it('keeps internal comments inside', async () => {
    for (const { ticket } of await children())
      await workspace.agent.post(`/v1/tickets/${ticket.id}/comments`, { public: false, text: 'Only for us.' })
    await workspace.agent.post(`/v1/tickets/${outage.masterId}/comments`, { public: false, text: 'Only for us.' })
    // mails leave in the order of their comments: had the internal ones raised any, they would be here by now
    await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: 'For you.' })).id,
    )
    expect(world.mailbox.messages().map(({ text }) => text.includes('Only for us'))).toEqual(Array(8).fill(false))
    await expect(
      workspace.agent.post(`/v1/tickets/${outage.masterId}/comments`, { public: true, text: 'To all?' }),
    ).rejects.toMatchObject({ status: 422, problem: { slug: 'master-is-internal' } })
  })

  it('hears a customer who answers by mail, once, in that child only', async () => {
    await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: 'Hold on.' })).id,
    )
    const child = outage.children[3]
    const mail = world.mailbox.messages().find(({ envelope }) => envelope.to.includes(child?.email ?? ''))
    const words = `I can wait. ${canaryToken()}`
    const answer = {
      from: child?.email,
      to: (mail?.header('reply-to')[0] ?? '').replace(/^.*<|>.*$/g, ''),
      subject: 'Re: it',
      messageId: `<${canaryToken()}@customer.example>`,
      inReplyTo: mail?.messageId,
      text: `${words}\n\nOn Monday we wrote:\n> Hold on.\n`,
    }
    const transport = nodemailer.createTransport(world.replies)
    await transport.sendMail(answer)
    await transport.sendMail(answer) // the same mail again is the same comment
    transport.close()
    await rollupShows('the answer', ({ latestReply }) => latestReply !== null)
    const threads = await Promise.all(
      (await children()).map(({ ticket }) => workspace.agent.all<Comment>(`/v1/tickets/${ticket.id}/comments`)),
    )
    const found = threads.flat().filter(({ text }) => text.includes(words))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ public: true })
    expect(found[0]?.text).not.toContain('Hold on')
  })

  it('notes a mail that came back on its own child, for agents alone, which holds up no undo', async () => {
    const { id } = await start(workspace.agent, outage.masterId, { kind: 'close', text: 'It works again.' })
    await ended(workspace.agent, id)
    const child = outage.children[3]
    const mail = world.mailbox.messages().find(({ envelope }) => envelope.to.includes(child?.email ?? ''))
    const report = deliveryReport({ address: child?.email ?? '' })
    const transport = nodemailer.createTransport(world.replies)
    const envelope = { from: '', to: mail?.envelope.from ?? '' }
    for (const _ of ['once', 'again']) await transport.sendMail({ envelope, raw: report })
    transport.close()
    const noted = []
    for (const { ticket } of await children())
      for (const comment of await workspace.agent.all<Comment>(`/v1/tickets/${ticket.id}/comments`))
        if (comment.text.includes('came back for good (5.1.1)')) noted.push({ subject: ticket.subject, ...comment })
    expect(noted).toMatchObject([{ subject: `Cannot log in ${child?.tokens[2]}`, public: false }])
    const undo = (await workspace.agent.post<Plan>(`/v1/operations/${id}/undo`)).operation
    await workspace.agent.post(`/v1/operations/${undo.id}/start`, { planHash: undo.planHash })
    expect((await ended(workspace.agent, undo.id)).progress).toMatchObject({ applied: 8, skipped: 0 })
    await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: 'It does not.' })).id,
    )
    expect(world.mailbox.messages()).toHaveLength(8 + 7)
  })

  it('reaches chosen children and a status only', async () => {
    const [first, second] = await children()
    if (!first || !second) throw new Error('eight children expected')
    const chosen = { ids: [first.ticket.id, second.ticket.id] }
    await ended(workspace.agent, (await start(workspace.agent, outage.masterId, { kind: 'close', target: chosen })).id)
    await rollupShows('two closed', ({ children: { closed } }) => closed === 2)
    expect(world.mailbox.messages()).toEqual([])
    const open = { filter: { status: ['open'] } }
    const told = await ended(
      workspace.agent,
      (await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: 'Still at it.', target: open })).id,
    )
    expect(told.progress).toMatchObject({ total: 6, applied: 6, sent: 6 })
  })

  it('leaves alone a child that was unlinked after the plan', async () => {
    const all = await children()
    const [gone] = all
    const plan = await workspace.agent.post<{ operation: { id: string; planHash: string } }>(
      `/v1/masters/${outage.masterId}/operations`,
      { kind: 'broadcast', text: 'Hold on.', holdSeconds: 0 },
    )
    await workspace.agent.delete(`/v1/masters/${outage.masterId}/children`, { ids: [gone?.ticket.id] })
    const { id, planHash } = plan.operation
    await workspace.agent.post(`/v1/operations/${id}/start`, { planHash })
    const { progress } = await ended(workspace.agent, id)
    expect(progress).toMatchObject({ applied: 7, skipped: 1, sent: 7 })
    const item = (await itemsOf(workspace.agent, id)).find(({ ticketId }) => ticketId === gone?.ticket.id)
    expect(item).toMatchObject({ state: 'skipped', reason: 'no-longer-linked' })
  })

  it('does not tell whoever was given a child after the plan', async () => {
    const [given, other] = await children()
    const plan = await workspace.agent.post<{ operation: { id: string; planHash: string } }>(
      `/v1/masters/${outage.masterId}/operations`,
      { kind: 'broadcast', text: 'Hold on.', holdSeconds: 0 },
    )
    await workspace.agent.patch(`/v1/tickets/${given?.ticket.id}`, { requesterId: other?.ticket.requesterId })
    const { id, planHash } = plan.operation
    await workspace.agent.post(`/v1/operations/${id}/start`, { planHash })
    const { progress } = await ended(workspace.agent, id)
    expect(progress).toMatchObject({ applied: 7, skipped: 1, sent: 7 })
    const item = (await itemsOf(workspace.agent, id)).find(({ ticketId }) => ticketId === given?.ticket.id)
    expect(item).toMatchObject({ state: 'skipped', reason: 'requester-changed' })
    expect(new Set(world.mailbox.recipients()).size).toBe(7)
  })

  it('keeps its hold: nothing happens before, and cancel in it is complete', async () => {
    const { id } = await start(workspace.agent, outage.masterId, {
      kind: 'broadcast',
      text: 'Hold on.',
      holdSeconds: 60,
    })
    const cancelled = await workspace.agent.post<{ complete: boolean; operation: { state: string } }>(
      `/v1/operations/${id}/cancel`,
    )
    expect(cancelled.complete).toBe(true)
    const { progress } = await ended(workspace.agent, id)
    expect(progress).toMatchObject({ applied: 0, sent: 0, pending: 0 })
    for (const item of await itemsOf(workspace.agent, id))
      expect(item).toMatchObject({ state: 'skipped', reason: 'cancelled' })
    expect(world.mailbox.messages()).toEqual([])
  })
})
