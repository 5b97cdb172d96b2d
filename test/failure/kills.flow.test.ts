import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ended, operationOf, start } from '../support/operate.ts'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Operation } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

const CHILDREN = 2_000
const WINDOW = [400, 1_600] as const
const IN_FLIGHT = 16
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 3) }, (_, at) => at + 1)

/** Which process dies, and whose progress says when: applied children, or sent mails. */
const victims = [
  ['ticket-rpc', 'applied'],
  ['ticket-background', 'applied'],
  ['operation', 'applied'],
  ['operation-worker', 'applied'],
  ['notification-background', 'sent'],
] as const

describe('a broadcast to 2,000 children survives a kill', () => {
  let world: World
  let workspace: Workspace
  let outage: Outage
  beforeAll(async () => {
    // pages short of full and a rest between them keep the window open long enough to be hit
    world = await startWorld({ env: { OPERATION_PAGE_SIZE: '100', OPERATION_PAGE_REST: '1' } })
    workspace = await world.workspace('kills')
    outage = await outageOf(world, workspace, CHILDREN)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  /** What the database says, since a killed service cannot answer. */
  const done = async (figure: 'applied' | 'sent', id: string): Promise<number> => {
    if (figure === 'sent') return world.mailbox.messages().length
    const [row] = await world.sql<{ count: number }>(
      'ticket',
      "select count(*)::int as count from operation_effect where operation_id = $1 and outcome = 'applied'",
      [id],
    )
    return row?.count ?? 0
  }
  const versions = async (): Promise<number> => {
    const [row] = await world.sql<{ sum: string }>(
      'ticket',
      'select sum(version)::text as sum from ticket where workspace_id = $1 and not master',
      [workspace.id],
    )
    return Number(row?.sum)
  }
  const comments = async (text: string): Promise<number> => {
    const [row] = await world.sql<{ count: number }>(
      'ticket',
      'select count(*)::int as count from comment c join body b using (workspace_id, body_id) where c.workspace_id = $1 and b.text = $2',
      [workspace.id, text],
    )
    return row?.count ?? 0
  }

  describe.each(victims)('of %s', (victim, figure) => {
    it.each(seeds)('seed %i', async (seed) => {
      world.mailbox.reset()
      const before = await versions()
      const text = `Broadcast ${seed} while ${victim} dies`
      const { id } = await start(workspace.agent, outage.masterId, { kind: 'broadcast', text })
      const moment = WINDOW[0] + ((seed * 7919) % 600)
      await until(async () => (await done(figure, id)) >= moment, { deadlineMs: 60_000, what: `${moment} ${figure}` })
      await world.processes.kill(victim)
      const atKill = await done(figure, id)
      expect(atKill).toBeGreaterThanOrEqual(WINDOW[0])
      expect(atKill).toBeLessThanOrEqual(WINDOW[1])
      await world.processes.start(victim)
      const { progress } = await ended(workspace.agent, id, 90_000)
      expect(progress).toMatchObject({ applied: CHILDREN, skipped: 0, failed: 0, pending: 0 })
      expect(progress.sent + progress.unknown).toBe(CHILDREN)
      expect(progress.unknown).toBeLessThanOrEqual(IN_FLIGHT)
      expect(await versions()).toBe(before + CHILDREN)
      expect(await comments(text)).toBe(CHILDREN)
      const mails = world.mailbox.messages()
      expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(CHILDREN)
      expect(new Set(mails.flatMap(({ envelope }) => envelope.to)).size).toBe(CHILDREN)
      expect(mails.length - CHILDREN).toBeLessThanOrEqual(progress.unknown)
      process.stdout.write(
        `${victim} seed ${seed}: killed at ${atKill}, ${progress.unknown} unknown, ${mails.length - CHILDREN} extra raw mails\n`,
      )
    })
  })

  it('never counts an operation as ended that is not', async () => {
    const operations = await workspace.agent.all<Operation>(`/v1/masters/${outage.masterId}/operations`)
    for (const { id } of operations) {
      const { progress } = await operationOf(workspace.agent, id)
      expect(progress.applied + progress.skipped + progress.failed + progress.cancelled).toBe(progress.total)
    }
  })
})
