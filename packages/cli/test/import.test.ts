import { fromBinary, fromJson } from '@bufbuild/protobuf'
import { TicketStatus, TicketUpsertedSchema } from '@umbel/contracts'
import type { Message } from '@umbel/messaging'
import { type LogRow, writeLog } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { publishLog } from '../src/incident-log/publish.ts'
import { createTranslator } from '../src/incident-log/to-messages.ts'

const quiet = { update: () => undefined, end: () => undefined }

async function imported(rows: readonly LogRow[], given: { gzip?: boolean; extra?: string[]; until?: Date } = {}) {
  await using file = await writeLog(rows, given)
  const messages: Message[] = []
  const translator = createTranslator({ slug: 'desk', workspaceId: 'w-1', until: given.until })
  const publish = async (batch: readonly Message[]) => void messages.push(...batch)
  const unreadable = await publishLog(file.path, translator, { publish }, quiet)
  return { messages, counts: translator.counts, children: translator.children(), unreadable }
}

const ids = (messages: readonly Message[]) => messages.map(({ headers }) => headers.ce_id)
const upsert = (message: Message | undefined) => fromBinary(TicketUpsertedSchema, message?.value ?? new Uint8Array())

describe('importing an incident log', () => {
  it('numbers the rows of each incident in file order, and speaks of a master before the row that names it', async () => {
    const { messages, counts, children } = await imported([
      { number: '1', sys_mod_count: '0' },
      { number: '1', sys_mod_count: '9', problem_id: '14' },
      { number: '2', problem_id: '14' },
      { number: '2', problem_id: '?', incident_state: 'Active' },
    ])
    expect(ids(messages)).toEqual(['1:1', 'problem:14:1', '1:2', '2:1', '2:2'])
    expect(messages[1]).toMatchObject({ key: 'w-1:/incident-log/desk:problem:14', headers: { ce_sequence: '1' } })
    expect(upsert(messages[1])).toMatchObject({ subject: 'Problem 14', master: true, status: TicketStatus.OPEN })
    expect(upsert(messages[4]).primaryMaster).toBe('')
    expect(counts).toMatchObject({ rows: 4, tickets: 2, masters: 1, events: 5 })
    expect([...children]).toEqual([['problem:14', 1]])
  })

  it('stops each incident at its first later row, even when time steps back after it', async () => {
    const { messages } = await imported(
      [
        { number: '1', sys_updated_at: '1/3/2016 10:00' },
        { number: '1', sys_updated_at: '1/3/2016 12:01' },
        { number: '1', sys_updated_at: '1/3/2016 11:00' },
        { number: '2', sys_updated_at: '1/3/2016 12:00' },
      ],
      { until: new Date('2016-03-01T12:00Z') },
    )
    expect(ids(messages)).toEqual(['1:1', '2:1'])
  })

  it('publishes a row with an unknown state as what nobody can read, so that it is kept with its reason', async () => {
    const { messages, counts } = await imported([
      { number: '1' },
      { number: '1', incident_state: 'Parked', problem_id: '7' },
    ])
    expect(counts).toMatchObject({ rows: 2, unknown: 1, masters: 0 })
    const [, letter] = messages
    expect(letter?.headers).toMatchObject({ 'content-type': 'application/json', ce_id: '1:2', ce_sequence: '2' })
    const data = JSON.parse(Buffer.from(letter?.value ?? []).toString())
    expect(data.status).toEqual({ unknown: 'Parked' })
    expect(() => fromJson(TicketUpsertedSchema, data, { ignoreUnknownFields: true })).toThrow('TicketStatus')
  })

  it('survives broken values: -100, no time, no priority, quotes, lines that are no rows', async () => {
    const { messages, counts, unreadable } = await imported(
      [
        { number: '1', incident_state: '-100', sys_updated_at: 'yesterday', priority: '?' },
        { number: '1', subcategory: '"a, ""b"""' },
        { number: '?' },
      ],
      { extra: ['only,three,cells', ''] },
    )
    expect(counts).toMatchObject({ rows: 2, unmapped: 1, unknown: 0 })
    expect(unreadable).toBe(2)
    expect(messages[0]?.headers).not.toHaveProperty('ce_time')
    expect(upsert(messages[0])).toMatchObject({ unmappedStatus: '-100' })
    expect(upsert(messages[1]).fields.subcategory).toBe('a, "b"')
  })

  it('reads gzip and plain files to the same events, and a second time to the same again', async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => ({ number: String(at % 700), problem_id: String(at % 40) }))
    const [plain, zipped] = [await imported(rows), await imported(rows, { gzip: true })]
    expect(zipped.messages).toEqual(plain.messages)
    expect(plain.messages).toHaveLength(2540)
  })

  it('says what is no incident log', async () => {
    await using file = await writeLog([])
    const translator = createTranslator({ slug: 'desk', workspaceId: 'w-1', until: undefined })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file.path, 'a,b\n1,2\n')
    const publishing = publishLog(file.path, translator, { publish: async () => undefined }, quiet)
    await expect(publishing).rejects.toThrow('is no incident log: no column number')
  })
})
