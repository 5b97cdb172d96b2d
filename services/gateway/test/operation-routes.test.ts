import { create, type MessageInitShape } from '@bufbuild/protobuf'
import {
  GetOperationRecordResponseSchema,
  ListItemsResponseSchema,
  type PlanOperationRequestSchema,
  PlanOperationResponseSchema,
  TicketPriority,
  TicketStatus,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { describe, expect, it } from 'vitest'
import { openEvents } from './event-source.ts'
import { peer, startDesk } from './world.ts'

type PlanRequest = MessageInitShape<typeof PlanOperationRequestSchema>
const [masterId, someone, something] = [newId(), newId(), newId()]

async function planned(body: object) {
  const asked: PlanRequest[] = []
  const operation = {
    id: newId(),
    masterId,
    kind: 'assign',
    change: { assigneeId: '', addLabels: ['a'] },
    findings: [{ kind: 'leak', field: 'text', message: 'a name', blocks: true, phrase: 'Ana', ticketNumbers: [7n] }],
    needsApproval: true,
    rate: 60,
    queuePosition: 2,
    progressVersion: 4n,
  }
  const previews = [{ ticketId: someone, ticketNumber: 7n, locale: 'de', text: 'Hallo Ana' }]
  await using desk = await startDesk({
    operation: peer('operation', {
      planOperation: async (request) => {
        asked.push(request)
        return create(PlanOperationResponseSchema, { operation, applying: 2n, previews })
      },
    }),
  })
  const answer = await desk.ask('POST', `/v1/masters/${masterId}/operations`, { body })
  return { answer, request: asked[0] }
}

describe('a plan over REST', () => {
  it.each([
    [{ kind: 'set_status', status: 'on_hold' }, { change: { status: TicketStatus.ON_HOLD } }],
    [{ kind: 'set_priority', priority: 'urgent' }, { change: { priority: TicketPriority.URGENT } }],
    [{ kind: 'assign', assignee: null }, { change: { assigneeId: '' } }],
    [{ kind: 'assign', group: something }, { change: { groupId: something } }],
    [{ kind: 'labels', addLabels: ['a'], removeLabels: ['b'] }, { change: { addLabels: ['a'], removeLabels: ['b'] } }],
    [
      { kind: 'close', includeReplied: true, confirmToCloseDays: 3 },
      { change: { includeReplied: true, confirmToCloseDays: 3 } },
    ],
    [{ kind: 'catch_up', missed: 'last' }, { change: { missed: 'last' } }],
    [
      {
        kind: 'broadcast',
        text: 'a',
        variants: [{ locale: 'de', text: 'b' }],
        rate: 9,
        overrideReason: 'c',
        start: true,
      },
      { text: 'a', variants: [{ locale: 'de', text: 'b' }], rate: 9, overrideReason: 'c', start: true },
    ],
    [
      {
        kind: 'note',
        target: {
          filter: { status: 'open', label: ['x', 'y'], customer: someone, project: something, sla: 'at_risk' },
        },
      },
      {
        target: {
          target: {
            case: 'filter',
            value: {
              statuses: [TicketStatus.OPEN],
              labels: ['x', 'y'],
              customerIds: [someone],
              projectIds: [something],
              slaStates: ['at_risk'],
            },
          },
        },
      },
    ],
  ])('hands on %j', async (body, wire) => {
    const { answer, request } = await planned(body)
    expect(answer.status).toBe(201)
    expect(request).toMatchObject(wire)
  })

  it('leaves out what is absent: an agent that is not named is not taken away', async () => {
    const { request } = await planned({ kind: 'assign', group: something })
    expect(request?.change).not.toHaveProperty('assigneeId')
  })

  it('shows findings, previews and all that the operation is', async () => {
    const { answer } = await planned({ kind: 'assign', assignee: null })
    expect(answer.json).toMatchObject({
      applying: 2,
      previews: [{ ticketNumber: 7, locale: 'de', text: 'Hallo Ana' }],
      findings: [{ kind: 'leak', blocks: true, phrase: 'Ana', leakKind: null, ticketNumbers: [7] }],
      operation: { change: { assigneeId: null, addLabels: ['a'] }, needsApproval: true, queuePosition: 2, rate: 60 },
    })
  })

  it.each([
    [{ target: { ids: [] } }, 'target-empty'],
    [{ target: { ids: Array.from({ length: 100_001 }, () => someone) } }, 'target-too-large'],
    [{ target: { filter: {} } }, 'invalid-field'],
    [{ kind: 'sync' }, 'invalid-field'],
    [{ kind: 'undo' }, 'invalid-field'],
    [{ kind: 'close', confirmToCloseDays: 0 }, 'invalid-field'],
    [{ kind: 'assign', assignee: 'rosa' }, 'invalid-field'],
  ])('refuses %j', async (body, slug) => {
    const { answer, request } = await planned({ kind: 'close', ...body })
    expect([answer.status, answer.json.slug]).toEqual([400, slug])
    expect(request).toBeUndefined()
  })
})

describe('the file of items', () => {
  const id = newId()
  const item = (seq: number) => ({ seq: BigInt(seq), ticketId: someone, ticketNumber: BigInt(seq), state: 'applied' })
  const pages = [
    [item(1), { ...item(2), state: 'skipped', reason: 'no-longer-linked', before: '=1+1', after: 'a, "b"' }],
    [item(3)],
  ]
  const listItems = async ({ pageToken = '' }: { pageToken?: string }) =>
    create(ListItemsResponseSchema, {
      items: pages[Number(pageToken)] ?? [],
      nextPageToken: Number(pageToken) + 1 < pages.length ? String(Number(pageToken) + 1) : '',
    })

  it('has every page, quoted, and no cell that a spreadsheet would run', async () => {
    await using desk = await startDesk({ operation: peer('operation', { listItems }) })
    using file = await openEvents(`http://127.0.0.1:${desk.port}/v1/operations/${id}/items.csv`)
    await file.closed
    expect([file.status, file.type]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(file.text.split('\r\n')).toEqual([
      'seq,ticketId,ticketNumber,state,reason,before,after,version,moved,notification,notificationReason',
      `1,${someone},1,applied,,,,0,false,,`,
      `2,${someone},2,skipped,no-longer-linked,'=1+1,"a, ""b""",0,false,,`,
      `3,${someone},3,applied,,,,0,false,,`,
      '',
    ])
  })

  it('is cut off, not ended, when a page cannot be had', async () => {
    const broken = async (request: { pageToken?: string }) => {
      if (request.pageToken) throw new Error('lost')
      return listItems(request)
    }
    await using desk = await startDesk({ operation: peer('operation', { listItems: broken }) })
    const file = await fetch(`http://127.0.0.1:${desk.port}/v1/operations/${id}/items.csv`, {
      headers: { authorization: 'Bearer agent' },
    })
    await expect(file.text()).rejects.toThrow()
  })
})

it('tells a record with its hashes in hex', async () => {
  const entries = [
    {
      seq: 1n,
      what: 'page',
      content: '{}',
      previousHash: new Uint8Array(2),
      hash: Uint8Array.of(255, 1),
      leaves: [{ ticketId: someone, hash: Uint8Array.of(16) }],
    },
  ]
  await using desk = await startDesk({
    operation: peer('operation', {
      getOperationRecord: async () => create(GetOperationRecordResponseSchema, { entries }),
    }),
  })
  const { json } = await desk.ask('GET', `/v1/operations/${something}/record`)
  expect(json.items).toEqual([
    {
      seq: 1,
      what: 'page',
      actorId: null,
      at: null,
      content: '{}',
      previousHash: '0000',
      hash: 'ff01',
      leaves: [{ ticketId: someone, salt: null, hash: '10', content: null }],
    },
  ])
})
