import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  LinkKind,
  TicketCommentedSchema,
  TicketLinkedSchema,
  TicketPriority,
  TicketStatus,
  TicketUnlinkedSchema,
  TicketUpsertedSchema,
  topics,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hearTickets, send, settle, startWorld, upstreamMessage, type World } from './support.ts'

let world: World
let heard: Awaited<ReturnType<typeof hearTickets>>
let subject: string
let made = 0
beforeAll(async () => {
  world = await startWorld()
  heard = await hearTickets(world.broker)
})
afterAll(async () => {
  await heard[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})
beforeEach(() => {
  made += 1
  subject = `INC${made}`
})

type Upserted = MessageInitShape<typeof TicketUpsertedSchema>
const upserted = (
  sequence: number | bigint,
  data: Upserted,
  more: { id?: string; subject?: string; time?: string; source?: string } = {},
) => ({
  type: 'umbel.ticket.upserted.v1',
  schema: TicketUpsertedSchema,
  data,
  subject,
  sequence,
  ...more,
})
const first: Upserted = { subject: 'VPN down', status: TicketStatus.NEW, priority: TicketPriority.HIGH }

async function ticket(of = subject) {
  const { workspaceId, source } = world
  const { tickets } = await world.tickets.listTickets({ workspaceId, externalSource: source, externalId: of })
  return tickets[0]
}
async function audit(of = subject) {
  const ticketId = (await ticket(of))?.id ?? ''
  return (await world.tickets.listAudit({ workspaceId: world.workspaceId, ticketId })).entries
}
async function factsOf(count: number) {
  const id = (await ticket())?.id
  const ours = () => heard.events().filter(({ ticketId }) => ticketId === id)
  await until(() => ours().length >= count, { what: `${count} events` })
  return ours().map(({ facts }) => facts.map(({ fact }) => fact))
}

describe('a ticket of a source', () => {
  it('is opened with its people, made where nobody knew them, and an agent joins the group it is named with', async () => {
    const requester = { externalId: 'caller:1', name: 'Cora', email: `${subject}@import.invalid` }
    const people = { group: { externalId: 'group:1', name: 'Net' }, assignee: { externalId: 'agent:1', name: 'Ann' } }
    await send(world, [
      upserted(1, { ...first, requester, ...people, customer: { externalId: 'loc:1' }, fields: { cmdb: 'x' } }),
    ])
    const opened = await ticket()
    expect(opened).toMatchObject({
      subject: 'VPN down',
      version: 1n,
      priority: TicketPriority.HIGH,
      fields: { cmdb: 'x' },
    })
    expect(opened?.externalIds).toMatchObject([{ source: world.source, id: subject }])
    const listed = await world.directory.listDirectory({
      workspaceId: world.workspaceId,
      kind: 'agents',
      pageSize: 100,
    })
    const ann = listed.agents.find(({ id }) => id === opened?.assigneeId)
    expect(ann).toMatchObject({ name: 'Ann', groupIds: [opened?.groupId] })
    const facts = await factsOf(1)
    expect(facts[0]?.map((fact) => fact.case)).toEqual(['opened'])
  })

  it('changes nothing when its event comes again: same id, new id, swept inbox', async () => {
    await send(world, [upserted(1, first, { id: `${subject}:1` })])
    await send(world, [upserted(1, { ...first, status: TicketStatus.SOLVED }, { id: `${subject}:1` })])
    await send(world, [upserted(1, { ...first, status: TicketStatus.SOLVED }, { id: newId() })])
    await world.rows('delete from inbox')
    await send(world, [upserted(1, { ...first, status: TicketStatus.SOLVED }, { id: `${subject}:1` })])
    expect(await ticket()).toMatchObject({ version: 1n, status: TicketStatus.NEW })
    expect(await audit()).toHaveLength(1)
  })

  it('leaves an audit entry alone for an event that changes nothing', async () => {
    await send(world, [upserted(1, first), upserted(2, first), upserted(5, { ...first, status: TicketStatus.OPEN })])
    expect(await ticket()).toMatchObject({ version: 2n, status: TicketStatus.OPEN })
    expect((await audit()).map(({ version, note }) => [version, note])).toEqual([
      [1n, 'opened'],
      [0n, 'no-change'],
      [2n, ''],
    ])
    expect(await factsOf(2)).toHaveLength(2)
  })

  it('cannot revert an agent by an echo of what it said before', async () => {
    await send(world, [upserted(1, first)])
    const id = (await ticket())?.id ?? ''
    await world.tickets.updateTicket({ workspaceId: world.workspaceId, id, priority: TicketPriority.LOW })
    await send(world, [upserted(2, { ...first, status: TicketStatus.PENDING })])
    expect(await ticket()).toMatchObject({ priority: TicketPriority.LOW, status: TicketStatus.PENDING, version: 3n })
    await send(world, [upserted(3, { ...first, priority: TicketPriority.URGENT, status: TicketStatus.PENDING })])
    expect(await ticket()).toMatchObject({ priority: TicketPriority.URGENT })
  })

  it('may be closed and opened again by its source, and counts with the time of the source', async () => {
    const at = (hour: number) => ({ time: `2026-03-01T${hour}:00:00.000Z` })
    await send(world, [
      upserted(1, first, at(10)),
      upserted(2, { status: TicketStatus.SOLVED }, at(11)),
      upserted(3, { status: TicketStatus.CLOSED }, at(12)),
    ])
    const closed = await ticket()
    expect(closed?.closedAt?.seconds).toBe(BigInt(Date.parse('2026-03-01T12:00:00Z') / 1000))
    expect(closed?.solvedAt?.seconds).toBe(BigInt(Date.parse('2026-03-01T11:00:00Z') / 1000))
    await send(world, [upserted(4, { status: TicketStatus.OPEN }, at(13))])
    const again = await ticket()
    expect(again).toMatchObject({ status: TicketStatus.OPEN, version: 4n })
    expect(again?.closedAt).toBeUndefined()
  })

  it('keeps its status where the source uses a word that has no equal, and applies the rest', async () => {
    await send(world, [
      upserted(1, { subject: 'odd', unmappedStatus: '-100' }),
      upserted(2, { status: TicketStatus.OPEN }),
      upserted(3, { unmappedStatus: '-100', priority: TicketPriority.URGENT }),
      upserted(4, { unmappedStatus: '-100' }),
    ])
    expect(await ticket()).toMatchObject({ status: TicketStatus.OPEN, priority: TicketPriority.URGENT, version: 3n })
    const notes = (await audit()).map(({ note }) => note)
    expect(notes).toEqual(['unmapped-status', '', 'unmapped-status', 'unmapped-status'])
  })
})

describe('links that a source declares', () => {
  it('moves a primary link by one event, and takes it back by another', async () => {
    await send(world, [
      upserted(1, { ...first, primaryMaster: 'problem:1' }),
      upserted(2, { ...first, primaryMaster: 'problem:2' }),
      upserted(3, { ...first }),
      upserted(4, { ...first, primaryMaster: '' }),
    ])
    expect(await ticket()).toMatchObject({ version: 3n })
    const [opened, moved, taken] = await factsOf(3)
    expect(opened).toMatchObject([
      { case: 'opened' },
      { case: 'linkDeclared', value: { target: { id: 'problem:1' }, primary: true } },
    ])
    expect(moved).toMatchObject([
      { case: 'linkWithdrawn', value: { target: { id: 'problem:1' } } },
      { case: 'linkDeclared', value: { target: { id: 'problem:2' }, primary: true } },
    ])
    expect(taken).toMatchObject([{ case: 'linkWithdrawn', value: { target: { id: 'problem:2' } } }])
  })

  it('opens a master that a source declares, without a requester', async () => {
    subject = `problem:${made}`
    await send(world, [upserted(1, { subject: 'Problem', status: TicketStatus.OPEN, master: true })])
    expect(await ticket()).toMatchObject({ master: true, requesterId: '', status: TicketStatus.OPEN })
    expect((await factsOf(1))[0]?.map((fact) => fact.case)).toEqual(['opened', 'masterDeclared'])
  })

  it('says related links and comments of the same subject in one sequence', async () => {
    const common = { subject, type: '', data: {} }
    await send(world, [
      upserted(1, first),
      {
        ...common,
        type: 'umbel.ticket.linked.v1',
        schema: TicketLinkedSchema,
        sequence: 2,
        data: { kind: LinkKind.RELATED, target: 'X1' },
      },
      {
        ...common,
        type: 'umbel.ticket.commented.v1',
        schema: TicketCommentedSchema,
        sequence: 3,
        data: { public: true, text: 'hi', author: { case: 'agent', value: { externalId: 'agent:9', name: 'Nia' } } },
      },
      {
        ...common,
        type: 'umbel.ticket.unlinked.v1',
        schema: TicketUnlinkedSchema,
        sequence: 4,
        data: { kind: LinkKind.RELATED, target: 'X1' },
      },
      {
        ...common,
        type: 'umbel.ticket.linked.v1',
        schema: TicketLinkedSchema,
        sequence: 3,
        data: { kind: LinkKind.RELATED, target: 'X2' },
      },
    ])
    const facts = (await factsOf(4)).map(([fact]) => fact?.case)
    expect(facts).toEqual(['opened', 'linkDeclared', 'commentAdded', 'linkWithdrawn'])
    const { comments } = await world.tickets.listComments({
      workspaceId: world.workspaceId,
      ticketId: (await ticket())?.id ?? '',
    })
    expect(comments).toMatchObject([{ text: 'hi', authorName: 'Nia', public: true }])
  })
})

describe('what cannot be followed', () => {
  it('makes a dead letter of an event whose source is not registered here', async () => {
    const source = `/stranger/${subject}`
    await send(world, [upserted(1, first, { source })])
    const letters = await world.rows<{ slug: string; message: { headers: Record<string, string> } }>(
      'select slug, message from dead_letter where workspace_id = $1',
      [world.workspaceId],
    )
    const ours = letters.filter(({ message }) => message.headers.ce_source === source)
    expect(ours.map(({ slug }) => slug)).toEqual(['source-unknown'])
    const rest = await world.rows('select 1 from ticket_upstream where source = $1', [source])
    expect(rest).toEqual([])
  })

  it('lets the good events of a batch pass beside a broken one', async () => {
    const broken = upstreamMessage(world, upserted(1, first, { subject: `${subject}-broken` }))
    const { ce_sequence: _sequence, ...headers } = broken.headers
    await world.broker.publish([{ ...broken, headers }, upstreamMessage(world, upserted(1, first))])
    await settle(world)
    expect(await ticket()).toMatchObject({ version: 1n })
    const letters = await world.rows(`select 1 from dead_letter where slug = 'sequence-missing'`)
    expect(letters).toHaveLength(1)
  })

  it('reads JSON, binary and structured alike', async () => {
    const { source, workspaceId } = world
    const key = `${workspaceId}:${source}:${subject}`
    const data = { subject: 'as JSON', status: 'TICKET_STATUS_OPEN', requester: { externalId: 'caller:j', name: 'Jo' } }
    const binary = upstreamMessage(world, upserted(1, first))
    const json = { ...binary.headers, 'content-type': 'application/json' }
    const envelope = {
      specversion: '1.0',
      id: newId(),
      source,
      subject,
      workspace: workspaceId,
      sequence: '2',
      type: 'umbel.ticket.upserted.v1',
      time: '2026-03-01T10:00:00Z',
      data: { status: 'TICKET_STATUS_PENDING' },
    }
    const bytes = (value: object) => Buffer.from(JSON.stringify(value))
    const topic = topics.inbound.tickets.name
    await world.broker.publish([
      { topic, key, headers: json, value: bytes(data) },
      { topic, key, headers: { 'content-type': 'application/cloudevents+json' }, value: bytes(envelope) },
    ])
    await settle(world)
    expect(await ticket()).toMatchObject({ subject: 'as JSON', status: TicketStatus.PENDING, version: 2n })
  })

  it('cuts a long name between characters, and keeps the event', async () => {
    const requester = { externalId: `r-${subject}`, name: `${'x'.repeat(254)}😀 Ltd` }
    await send(world, [upserted(1, { ...first, requester })])
    expect(await ticket()).toMatchObject({ subject: 'VPN down', version: 1n })
  })
})
