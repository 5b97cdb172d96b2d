import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { idFrom } from '@umbel/kernel/ids'
import { writeLog } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, signIn } from '../support/api.ts'
import { umbel } from '../support/cli.ts'
import { ended, start } from '../support/operate.ts'
import type { Master } from '../support/shapes.ts'
import { startWorld, type World } from '../support/world.ts'

const REAL = fileURLToPath(new URL('../../../shared/data/incident-event-log/incidents-10000.csv.gz', import.meta.url))
const CUT_OFF = '2016-03-15T12:00Z'
const OPEN = ['new', 'open', 'pending', 'on_hold']

interface AuditEntry {
  readonly cause: { readonly kind: string }
}

describe('an incident log', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const run = (verb: 'import' | 'verify', file: string, slug: string, ...more: string[]) =>
    umbel(world, verb, 'incident-log', file, '--workspace', slug, ...more)
  const adminOf = (slug: string): Promise<Api> => signIn(world.api, world.issuer, `admin@${slug}`)
  const masterOf = async (api: Api, problem: string): Promise<Master> => {
    const found = (await api.all<Master>('/v1/masters')).find(({ external }) => external?.id === problem)
    if (found === undefined) throw new Error(`no master of ${problem}`)
    return found
  }
  /** Everything that a second import could add to. */
  const sizes = async (slug: string) => {
    const id = idFrom('workspace', slug)
    const count = (service: 'ticket' | 'notification' | 'linking', expression: string) =>
      world.sql<{ count: string }>(service, `select (${expression})::text as count`, [id]).then(([row]) => row?.count)
    return {
      versions: await count('ticket', 'select sum(version) from ticket where workspace_id = $1'),
      audit: await count('ticket', 'select count(*) from audit_entry where workspace_id = $1'),
      comments: await count('ticket', 'select count(*) from comment where workspace_id = $1'),
      events: await count('linking', 'select sum(version) from stream_seen where workspace_id = $1'),
      notifications: await count('notification', 'select count(*) from notification where workspace_id = $1'),
    }
  }

  it('survives broken values, and is verified but for what nobody can know', async () => {
    const row = (number: string, state: string, more: Record<string, string> = {}) => ({
      number,
      incident_state: state,
      caller_id: number,
      location: '7',
      category: '3',
      ...more,
    })
    await using log = await writeLog([
      row('1', '-100', { problem_id: '9' }),
      row('1', 'Active', { problem_id: '9', priority: '1 - Critical' }),
      row('1', 'Closed', { problem_id: '9' }),
      row('1', 'Active', { problem_id: '8' }),
      row('2', 'New', { caller_id: '?', location: '?', category: '?' }),
      row('2', 'Parked somewhere'),
      row('2', 'Awaiting Vendor', { problem_id: '9' }),
      row('2', 'Awaiting Vendor', { problem_id: '?' }),
      row('3', 'Resolved', { problem_id: '9', sys_updated_at: 'yesterday' }),
    ])
    expect(await run('import', log.path, 'broken')).toMatchObject({ code: 0 })
    expect(await run('verify', log.path, 'broken')).toMatchObject({ code: 0 })
    const api = await adminOf('broken')
    const tickets = await api.all<{ status: string; externalIds: { id: string }[] }>('/v1/tickets')
    const status = (number: string) =>
      tickets.find(({ externalIds }) => externalIds.some(({ id }) => id === number))?.status
    expect([status('1'), status('2'), status('3')]).toEqual(['open', 'on_hold', 'solved'])
    const letters = await umbel(world, 'dlq', 'list', '--service', 'ticket', '--workspace', 'broken', '-o', 'json')
    expect(JSON.parse(letters.stdout)).toHaveLength(1)
  })

  // collected where the real file is: it is not part of this repository
  if (existsSync(REAL))
    it('comes out as its README says, with real work done in the middle', { timeout: 600_000 }, async () => {
      const slug = 'incidents'
      expect(await run('import', REAL, slug, '--until', CUT_OFF)).toMatchObject({ code: 0 })
      const half = await run('verify', REAL, slug, '--until', CUT_OFF)
      expect(half).toMatchObject({ code: 0 })
      expect(half.stdout).toMatch(/rows\s+21611\s+21611/)

      const api = await adminOf(slug)
      const master = await masterOf(api, 'problem:14')
      expect(master.rollup).toMatchObject({ children: { total: 21, open: 7 }, customers: 5 })
      const target = { filter: { status: OPEN } }
      for (const asked of [
        { kind: 'broadcast', text: 'We are on it.', target },
        { kind: 'close', text: 'It is fixed.', target },
      ] as const) {
        const { progress } = await ended(api, (await start(api, master.id, asked)).id)
        expect(progress).toMatchObject({ total: 7, applied: 7, sent: 7 })
      }
      expect(world.mailbox.messages()).toHaveLength(14)

      expect(await run('import', REAL, slug)).toMatchObject({ code: 0 })
      const whole = await run('verify', REAL, slug)
      expect(whole).toMatchObject({ code: 0 })
      expect(whole.stdout).toMatch(/tickets\s+10000\s+10000/)
      expect(world.mailbox.messages()).toHaveLength(14)
      expect((await masterOf(api, 'problem:2')).rollup).toMatchObject({
        children: { total: 28 },
        customers: 15,
        projects: 4,
      })
      const { items } = await api.get<{ items: { ticket: { id: string } }[] }>(`/v1/masters/${master.id}/children`)
      const audits = await Promise.all(items.map(({ ticket }) => api.all<AuditEntry>(`/v1/tickets/${ticket.id}/audit`)))
      const byOperation = audits.filter((entries) => entries.some(({ cause }) => cause.kind === 'operation'))
      expect(byOperation).toHaveLength(7)

      const before = await sizes(slug)
      expect(await run('import', REAL, slug)).toMatchObject({ code: 0 })
      expect(await sizes(slug)).toEqual(before)
      await altersFour(slug)
    })

  /** Spoils one status, one priority, one customer and one link in the database; the verifier names just those. */
  async function altersFour(slug: string): Promise<void> {
    const workspace = idFrom('workspace', slug)
    const victims = await world.sql<{ ticket_id: string; subject: string }>(
      'ticket',
      `(select ticket_id, u.subject from ticket_upstream u join ticket using (workspace_id, ticket_id)
         where workspace_id = $1 and not master and primary_master_id is null and customer_id is not null
         order by u.subject limit 3)
       union all
       (select ticket_id, u.subject from ticket_upstream u join ticket using (workspace_id, ticket_id)
         where workspace_id = $1 and primary_master_id is not null limit 1)`,
      [workspace],
    )
    const spoils = [
      "status = 'pending'",
      "priority = case priority when 'low' then 'urgent' else 'low' end",
      'customer_id = null',
      'primary_master_id = null',
    ]
    for (const [at, spoil] of spoils.entries())
      await world.sql('ticket', `update ticket set ${spoil} where workspace_id = $1 and ticket_id = $2`, [
        workspace,
        victims[at]?.ticket_id,
      ])
    const named = await run('verify', REAL, slug, '-o', 'json')
    expect(named.code).toBe(1)
    const { differences } = JSON.parse(named.stdout) as { differences: { ticket: string; field: string }[] }
    expect(differences.map(({ ticket, field }) => `${field} of ${ticket}`).sort()).toEqual(
      ['status', 'priority', 'customer', 'link'].map((field, at) => `${field} of ${victims[at]?.subject}`).sort(),
    )
  }
})
