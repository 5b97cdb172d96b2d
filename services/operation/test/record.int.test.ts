import type { RecordEntry } from '@umbel/contracts'
import { unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHAIN_START, entryHash, leafHash, merkleRoot } from '../src/store/record-hashes.ts'
import { requesterOf } from './small-effects.ts'
import { give, type SmallTicket } from './small-ticket.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
const CHILDREN = children(300)
let operationId = ''
beforeAll(async () => {
  world = await startTestOperation()
  worker = await world.startWorker()
  world.small.add(CHILDREN)
  operationId = await world.begin({ text: 'we are on it' })
  await world.untilState(operationId, 'finished')
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
async function record(id = operationId): Promise<RecordEntry[]> {
  const entries: RecordEntry[] = []
  let pageToken = ''
  do {
    const page = await world.rpc.getOperationRecord({
      workspaceId: world.workspaceId,
      operationId: id,
      pageSize: 2,
      pageToken,
    })
    entries.push(...page.entries)
    pageToken = page.nextPageToken
  } while (pageToken !== '')
  return entries
}
const rootOf = ({ content }: RecordEntry) => (JSON.parse(content) as { root?: string }).root
const leavesIn = (entries: readonly RecordEntry[]) => entries.flatMap(({ leaves }) => leaves)

describe('the record of an operation', () => {
  it('tells who did what, in a chain', async () => {
    const entries = await record()
    expect(entries.map(({ what }) => what)).toEqual(['planned', 'started', 'page', 'page', 'finished'])
    expect(entries.map(({ actorId }) => actorId)).toEqual([world.agentId, world.agentId, '', '', ''])
    let previous = CHAIN_START
    for (const entry of entries) {
      expect(hex(entry.previousHash)).toBe(hex(previous))
      expect(hex(entry.hash)).toBe(hex(entryHash(previous, entry.content)))
      previous = entry.hash
    }
  })

  it('has each child once, with the text it got, under the root of its page', async () => {
    const entries = await record()
    const leaves = leavesIn(entries)
    expect(leaves.map(({ ticketId }) => ticketId).sort()).toEqual(CHILDREN.map(({ id }) => id).sort())
    for (const { salt, content, hash } of leaves) expect(hex(leafHash(salt, content ?? ''))).toBe(hex(hash))
    for (const page of entries.filter(({ what }) => what === 'page'))
      expect(hex(merkleRoot(page.leaves.map(({ hash }) => hash)))).toBe(rootOf(page))
    expect(JSON.parse(leaves[0]?.content ?? '')).toMatchObject({ body: 1, state: 'applied', step: 1 })
  })

  it('holds no text of a customer outside of the sealed leaves', async () => {
    const told = (await record()).map(({ content }) => content).join()
    expect(told).not.toContain('we are on it')
    expect(told).not.toContain('Person ')
  })

  it('shows no more of a hidden child than a hash', async () => {
    const [hidden] = CHILDREN
    const ticket = world.small.tickets.get(hidden?.id ?? '')
    if (ticket) ticket.hidden = true
    const leaves = leavesIn(await record())
    if (ticket) ticket.hidden = false
    expect(leaves.filter(({ ticketId }) => ticketId === '')).toHaveLength(1)
    expect(leaves.some(({ ticketId }) => ticketId === hidden?.id)).toBe(false)
  })

  it('is exported for one child, with a proof and nothing of the others', async () => {
    const one = CHILDREN[7]?.id ?? ''
    const { leaves } = await world.rpc.exportRecord({ workspaceId: world.workspaceId, ticketId: one })
    expect(leaves).toHaveLength(1)
    const [exported] = leaves
    expect(exported?.leaf?.content).toContain('Person 9')
    const text = JSON.stringify(leaves, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    for (const { id } of CHILDREN.filter((child) => child.id !== one)) expect(text).not.toContain(id)
    await expect(world.rpc.exportRecord({ workspaceId: world.workspaceId, ticketId: newId() })).rejects.toMatchObject({
      slug: 'not-found',
    })
  })

  it('loses a person with the key, and still verifies; twice is once', async () => {
    const [gone] = CHILDREN
    const requesterId = requesterOf(gone?.id ?? '')
    const before = await record()
    const erase = (key: string) =>
      world.rpc.erasePerson({
        workspaceId: world.workspaceId,
        idempotency: { key, digest: Buffer.from('x') },
        requesterId,
        reason: 'asked to be forgotten',
      })
    await expect(erase('first')).rejects.toMatchObject({ slug: 'not-permitted' })
    world.small.role = 'admin'
    expect(await erase('first')).toMatchObject({ leaves: 1n })
    expect(await erase('first')).toMatchObject({ leaves: 1n })
    expect(await erase('second')).toMatchObject({ leaves: 0n })
    world.small.role = 'agent'
    const after = await record()
    const unreadable = leavesIn(after).filter(({ content }) => content === '')
    expect(unreadable.map(({ ticketId }) => ticketId)).toEqual([gone?.id])
    expect(unreadable[0]?.salt).toHaveLength(0)
    expect(after.slice(0, before.length).map(({ hash }) => hex(hash))).toEqual(before.map(({ hash }) => hex(hash)))
    expect(after.at(-1)?.what).toBe('erased')
  })

  it('cannot be rewritten by the service itself', async () => {
    const client = new pg.Client({ connectionString: world.config.databases.app })
    await client.connect()
    try {
      for (const table of ['operation_record', 'operation_record_leaf'])
        for (const statement of [`delete from ${table}`, `update ${table} set seq = 1`])
          await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
    } finally {
      await client.end()
    }
  })

  it('tells of a pause, a resume and a cancel, and by whom', async () => {
    world.small.add(children(1))
    const id = await world.begin({ text: 'again', holdSeconds: 600 })
    const asked = { workspaceId: world.workspaceId, operationId: id }
    await world.rpc.pauseOperation(asked)
    await world.rpc.resumeOperation(asked)
    await world.rpc.cancelOperation(asked)
    const what = (await record(id)).map(({ what: each, actorId }) => [each, actorId === world.agentId])
    expect(what.slice(0, 5)).toEqual([
      ['planned', true],
      ['started', true],
      ['paused', true],
      ['resumed', true],
      ['cancelled', true],
    ])
  })
})

describe('the export of a ticket that has changed hands', () => {
  const exportOf = (ticketId: string, as = world.rpc) =>
    as.exportRecord({ workspaceId: world.workspaceId, ticketId }).then(({ leaves }) => leaves)
  let ticket: SmallTicket
  let ids: string[]
  beforeAll(async () => {
    world.small.forget()
    world.small.add(children(2))
    ticket = [...world.small.tickets.values()][0] as SmallTicket
    const said = await world.run(await world.plan({ kind: 'broadcast', text: 'for the one before' }))
    const late = await world.plan({ kind: 'broadcast', text: 'too late' })
    give(ticket, newId())
    ids = [said, await world.run(late), await world.run(await world.plan({ kind: 'broadcast', text: 'for you' }))]
  })
  const contents = (leaves: Awaited<ReturnType<typeof exportOf>>) =>
    ids.map((id) => leaves.find(({ operationId: of }) => of === id)?.leaf?.content ?? 'none')

  it.each(['agent', 'house'] as const)('opens for the %s what is of the requester of today only', async (who) => {
    const leaves = await exportOf(ticket.id, who === 'agent' ? world.rpc : world.house)
    const [before, ...since] = contents(leaves)
    expect(before).toBe('')
    expect(since.map((content) => (JSON.parse(content) as { reason: string }).reason)).toEqual([
      'requester-changed',
      '',
    ])
    expect(since.join()).toContain(ticket.requesterId)
    expect(since.join()).not.toContain(requesterOf(ticket.id))
  })

  it('proves what stays a hash, and leaves it to who reads the operation', async () => {
    const [said = ''] = ids
    const exported = (await exportOf(ticket.id)).find(({ operationId: of }) => of === said)
    expect(exported?.leaf).toMatchObject({ ticketId: '', salt: new Uint8Array(), content: '' })
    const [hash = new Uint8Array(), proof = []] = [exported?.leaf?.hash, exported?.proof]
    const page = (await record(said)).find(({ what }) => what === 'page')
    expect(hex(merkleRoot([hash, ...proof]))).toBe(page && rootOf(page)) // the first of two
    expect(hex(exported?.root ?? hash)).toBe(page && rootOf(page))
    expect(page?.leaves[0]?.content).toContain(requesterOf(ticket.id))
  })

  it('opens nothing where it cannot be learnt whose the ticket is, or where nobody has it', async () => {
    world.small.trouble.beforeRequester = () => {
      throw unavailable('unavailable', 'ticket is away')
    }
    await expect(exportOf(ticket.id, world.house)).rejects.toMatchObject({ kind: 'unavailable' })
    delete world.small.trouble.beforeRequester
    await expect(exportOf(newId(), world.house)).rejects.toMatchObject({ slug: 'not-found' })
    give(ticket, '')
    expect(contents(await exportOf(ticket.id))).toEqual(['', '', ''])
  })
})
