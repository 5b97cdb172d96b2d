import { type LogRow, writeLog } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import type { Api } from '../src/api.ts'
import { verifyIncidentLog } from '../src/commands/incident-log-verify.ts'
import { createOutput } from '../src/output.ts'

const rows: readonly LogRow[] = [
  { number: '1', caller_id: '10', location: '5', category: '3', problem_id: '14', incident_state: 'Active' },
  {
    number: '1',
    caller_id: '10',
    location: '5',
    category: '3',
    problem_id: '14',
    incident_state: '-100',
    priority: '1',
  },
  { number: '2', location: '6', problem_id: '14', incident_state: 'Closed' },
  { number: '3', incident_state: 'Parked' },
  { number: '3', incident_state: 'New' },
]
const source = '/incident-log/desk'
const external = (id: string) => [{ source, id }]
const upstream = { cause: { kind: 'upstream' } }

/** REST as it would answer after a faithful import. */
function faithful() {
  const ticket = (id: string, number: string, more: object) => ({
    id,
    status: 'new',
    priority: 'normal',
    requesterId: null,
    customerId: null,
    projectId: null,
    primaryMasterId: null,
    master: false,
    externalIds: external(number),
    ...more,
  })
  const [one, two, three] = [
    ticket('t-1', '1', {
      status: 'open',
      priority: 'urgent',
      requesterId: 'r-10',
      customerId: 'c-5',
      projectId: 'p-3',
      primaryMasterId: 'm-14',
    }),
    ticket('t-2', '2', { status: 'closed', customerId: 'c-6', primaryMasterId: 'm-14' }),
    ticket('t-3', '3', {}),
  ]
  const rollup = { children: { total: 2, open: 1 }, customers: 2, projects: 1 }
  return {
    '/v1/tickets': [one, two, three, ticket('m-14', 'problem:14', { status: 'open', master: true })],
    '/v1/masters': [{ id: 'm-14', external: { source, id: 'problem:14' }, rollup }],
    '/v1/masters/m-14/children': [{ ticket: one }, { ticket: two }],
    '/v1/directory/customers': [
      { id: 'c-5', name: 'location:5' },
      { id: 'c-6', name: 'location:6' },
    ],
    '/v1/directory/projects': [{ id: 'p-3', name: 'category:3' }],
    '/v1/directory/requesters': [{ id: 'r-10', name: 'caller:10', email: 'caller-10@import.invalid' }],
    '/v1/audit': [
      { ticketId: 't-2', ...upstream },
      { ticketId: 't-3', ...upstream },
      { ticketId: 't-1', cause: { kind: 'operation' } },
      { ticketId: 't-1', ...upstream },
      { ticketId: 't-1', ...upstream },
    ],
  } as Record<string, Record<string, unknown>[]>
}

function apiOf(answers: Record<string, object[]>): Api {
  return {
    get: () => Promise.reject(new Error('only lists are read')),
    bytes: () => {
      throw new Error('no file is read')
    },
    events: () => {
      throw new Error('nothing is followed')
    },
    send: () => Promise.reject(new Error('nothing is written')),
    async *all<T>(path: string) {
      yield* (answers[path] ?? []) as T[]
    },
  }
}

async function verified(answers: Record<string, object[]>) {
  await using file = await writeLog(rows, { gzip: true })
  const out: string[] = []
  const stdout = { write: (text: string) => void out.push(text), isTTY: false }
  const output = createOutput(stdout, { write: () => undefined, isTTY: false }, 'json')
  const count = await verifyIncidentLog({
    file: file.path,
    slug: 'desk',
    until: undefined,
    api: apiOf(answers),
    output,
  })
  return { count, ...JSON.parse(out.join('')) }
}

describe('verifying an import', () => {
  it('finds nothing in a faithful import, whatever operations did besides', async () => {
    const { count, totals } = await verified(faithful())
    expect(count).toBe(0)
    expect(totals.found).toEqual(totals.expected)
    expect(totals.found).toMatchObject({
      rows: 4,
      tickets: 3,
      masters: 1,
      'masters with several': 1,
      links: 2,
      'links to open tickets': 1,
    })
  })

  it('names exactly what was altered, each once', async () => {
    const answers = faithful()
    const [one, two, three] = answers['/v1/tickets'] ?? []
    Object.assign(one ?? {}, { priority: 'low', customerId: 'c-6' })
    Object.assign(two ?? {}, { primaryMasterId: null })
    Object.assign(three ?? {}, { status: 'solved' })
    const { differences } = await verified(answers)
    expect(differences).toEqual([
      { ticket: '1', field: 'priority', expected: 'urgent', found: 'low' },
      { ticket: '1', field: 'customer', expected: 'location:5', found: 'location:6' },
      { ticket: '2', field: 'link', expected: 'problem:14', found: 'none by the ticket, problem:14 by the masters' },
      { ticket: '3', field: 'status', expected: 'new', found: 'solved' },
    ])
  })

  it('names a link that the masters do not list, a row that left no audit entry, and tickets too many or too few', async () => {
    const answers = faithful()
    answers['/v1/masters/m-14/children']?.pop()
    answers['/v1/audit']?.pop()
    const [, , three] = answers['/v1/tickets'] ?? []
    Object.assign(three ?? {}, { externalIds: external('4') })
    const { differences } = await verified(answers)
    expect(differences.map(({ ticket, field }: { ticket: string; field: string }) => `${ticket} ${field}`)).toEqual([
      '1 audit',
      '2 link',
      '3 ticket',
      '4 ticket',
    ])
  })

  it('names a rollup only where no ticket explains it', async () => {
    const answers = faithful()
    Object.assign(answers['/v1/masters']?.[0] ?? {}, {
      rollup: { children: { total: 3, open: 1 }, customers: 2, projects: 1 },
    })
    const { differences } = await verified(answers)
    expect(differences).toEqual([{ ticket: 'problem:14', field: 'rollup.children', expected: '2', found: '3' }])
  })
})
