import { setTimeout as pause } from 'node:timers/promises'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ended, itemsOf, start } from '../support/operate.ts'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Operation } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

const CHILDREN = 2_000
const QUIET_MS = 5_000

describe('pause means pause', () => {
  let world: World
  let workspace: Workspace
  let outage: Outage
  beforeAll(async () => {
    world = await startWorld({ env: { OPERATION_PAGE_SIZE: '100', OPERATION_PAGE_REST: '1' } })
    workspace = await world.workspace('pauses')
    outage = await outageOf(world, workspace, CHILDREN)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())
  beforeEach(() => world.mailbox.reset())

  const applied = async (id: string): Promise<number> => {
    const [row] = await world.sql<{ count: number }>(
      'ticket',
      "select count(*)::int as count from operation_effect where operation_id = $1 and outcome = 'applied'",
      [id],
    )
    return row?.count ?? 0
  }
  const state = async (id: string) => ({ applied: await applied(id), mails: world.mailbox.messages().length })
  const broadcastUntil = async (at: number): Promise<string> => {
    const { id } = await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: `Pause at ${at}` })
    await until(async () => (await applied(id)) >= at, { deadlineMs: 60_000, what: `${at} applied` })
    return id
  }
  /** The one place where time itself is what is waited for: nothing may happen in it. */
  const staysAsItIs = async (id: string) => {
    const before = await state(id)
    expect(before.applied).toBeGreaterThanOrEqual(400)
    expect(before.applied).toBeLessThanOrEqual(1_600)
    await pause(QUIET_MS)
    expect(await state(id)).toEqual(before)
  }
  const eachOnce = async (id: string) => {
    const { progress } = await ended(workspace.agent, id, 90_000)
    expect(progress).toMatchObject({ applied: CHILDREN, skipped: 0, failed: 0, sent: CHILDREN, unknown: 0 })
    expect(world.mailbox.messages()).toHaveLength(CHILDREN)
    expect(new Set(world.mailbox.recipients()).size).toBe(CHILDREN)
  }

  it('changes and sends nothing after the acknowledgement; resume ends each once', async () => {
    const id = await broadcastUntil(500)
    const paused = await workspace.agent.post<Operation>(`/v1/operations/${id}/pause`)
    expect(paused.state).toBe('paused')
    await staysAsItIs(id)
    await workspace.agent.post(`/v1/operations/${id}/resume`)
    await eachOnce(id)
  })

  it('holds although the worker was frozen before the pause and woke up after it', async () => {
    const id = await broadcastUntil(500)
    world.processes.freeze('operation-worker')
    try {
      await workspace.agent.post(`/v1/operations/${id}/pause`)
    } finally {
      world.processes.thaw('operation-worker')
    }
    await staysAsItIs(id)
    await workspace.agent.post(`/v1/operations/${id}/resume`)
    await eachOnce(id)
  })

  it('leaves every item and every notification with an outcome after a cancel', async () => {
    const id = await broadcastUntil(500)
    await workspace.agent.post(`/v1/operations/${id}/cancel`)
    await staysAsItIs(id)
    const { progress } = await ended(workspace.agent, id)
    expect(progress.pending).toBe(0)
    const items = await itemsOf(workspace.agent, id)
    expect(items).toHaveLength(CHILDREN)
    for (const item of items) {
      if (item.state === 'applied') expect(['sent', 'withheld']).toContain(item.notification)
      else expect(item).toMatchObject({ state: 'skipped', reason: 'cancelled' })
    }
    const sent = items.filter(({ notification }) => notification === 'sent').length
    expect(world.mailbox.messages()).toHaveLength(sent)
  })
})
