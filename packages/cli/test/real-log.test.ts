import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message } from '@umbel/messaging'
import { writeLog } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { publishLog } from '../src/incident-log/publish.ts'
import { createTranslator } from '../src/incident-log/to-messages.ts'
import { totals } from '../src/verify/compare.ts'
import { expectedOf } from '../src/verify/expected.ts'

const file = fileURLToPath(
  new URL('../../../../shared/data/incident-event-log/incidents-10000.csv.gz', import.meta.url),
)
const cutOff = new Date('2016-03-15T12:00Z')
const quiet = { update: () => undefined, end: () => undefined }

async function imported(path: string, until: Date | undefined) {
  let events = 0
  const translator = createTranslator({ slug: 'incidents', workspaceId: 'w-1', until })
  const publish = async (batch: readonly Message[]) => {
    events += batch.length
  }
  await publishLog(path, translator, { publish }, quiet)
  return {
    ...translator.counts,
    published: events,
    links: [...translator.children().values()].reduce((a, b) => a + b, 0),
  }
}

it('comes to the same figures on both sides for a log of broken values', async () => {
  const states = ['New', '-100', 'Active', 'Parked', 'Awaiting Problem', 'Resolved', 'Closed', '?']
  const rows = Array.from({ length: 400 }, (_, at) => ({
    number: at % 97 === 0 ? '?' : String(at % 41),
    incident_state: states[at % states.length] ?? '',
    problem_id: at % 7 === 0 ? String(at % 5) : '?',
    priority: at % 13 === 0 ? '?' : String(1 + (at % 4)),
    sys_updated_at: at % 17 === 0 ? '?' : `${1 + (at % 28)}/3/2016 12:00`,
  }))
  await using log = await writeLog(rows, { extra: ['too,short'] })
  for (const until of [cutOff, undefined]) {
    const expected = await expectedOf(log.path, until)
    const sums = totals(expected.tickets, expected.masters.size)
    const sent = await imported(log.path, until)
    expect(sent.rows - sent.unknown).toBe(sums.rows)
    expect(sent).toMatchObject({ masters: sums.masters, links: sums.links })
  }
})

// collected where the real file is: it is not part of this repository
if (existsSync(file))
  describe('the real log', { timeout: 60_000 }, () => {
    it.each([
      [
        cutOff,
        { rows: 21_611, tickets: 4600, new: 436, open: 634, pending: 649, on_hold: 44, solved: 1962, closed: 875 },
        { masters: 34, 'masters with children': 30, 'masters with several': 6, links: 88, 'links to open tickets': 23 },
      ],
      [
        undefined,
        { rows: 63_532, tickets: 10_000, closed: 10_000 },
        { masters: 98, 'masters with children': 92, 'masters with several': 9, links: 164, 'links to open tickets': 0 },
      ],
    ])(
      'until %s comes to the figures of its README, for both the importer and the verifier',
      async (until, tickets, links) => {
        const expected = await expectedOf(file, until)
        expect(totals(expected.tickets, expected.masters.size)).toEqual({ ...tickets, ...links })
        const sent = await imported(file, until)
        expect(sent).toMatchObject({
          rows: tickets.rows,
          tickets: tickets.tickets,
          masters: links.masters,
          links: links.links,
        })
        expect(sent.published).toBe(tickets.rows + links.masters)
      },
    )
  })
