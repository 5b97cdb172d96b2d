import { openTemporal, until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ended, start } from '../support/operate.ts'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

const CHILDREN = 600
const WORKER = 'operation-worker'
// between ticket's answer and the record, so that there is a page in hand nearly all the time; a slice has about six
const SLOW_RECORD = { UMBEL_TEST_BUILD: '1', UMBEL_FAILPOINTS: 'operation.page.answered=delay:300' }

describe('a worker that is asked to stop in the middle of a slice', () => {
  let world: World
  let workspace: Workspace
  let outage: Outage
  beforeAll(async () => {
    world = await startWorld({ env: { OPERATION_PAGE_SIZE: '50', ...SLOW_RECORD } })
    workspace = await world.workspace('drains')
    outage = await outageOf(world, workspace, CHILDREN)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const count = async (service: 'ticket' | 'operation', text: string, ...values: string[]) =>
    Number((await world.sql<{ n: string }>(service, text, values))[0]?.n)
  /** What ticket has committed of it, and what operation knows of that. */
  const standing = async (id: string) => ({
    committed: await count('ticket', 'select count(*) as n from operation_effect where operation_id = $1', id),
    recorded: await count('operation', 'select applied as n from operation_progress where operation_id = $1', id),
  })
  const versions = async () => {
    const text = 'select ticket_id, version::int from ticket where workspace_id = $1 and not master'
    const found = await world.sql<{ ticket_id: string; version: number }>('ticket', text, [workspace.id])
    return new Map(found.map(({ ticket_id: ticketId, version }) => [ticketId, version]))
  }
  /** The attempts of its slices, and how many of them the server gave up. */
  const slices = async (id: string) => {
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle(`operation/${workspace.id}/${id}`)
    const events = (await handle.fetchHistory()).events ?? []
    return {
      attempts: events.flatMap(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? []),
      timedOut: events.filter((event) => event.activityTaskTimedOutEventAttributes),
    }
  }

  it('records the page in hand, ends with 0, and the next worker goes on to the end', async () => {
    const before = await versions()
    const { id } = await start(workspace.agent, outage.masterId, { kind: 'broadcast', text: 'We are on it' })
    const atStop = await until(
      async () => {
        const now = await standing(id)
        return now.recorded > 0 && now.committed > now.recorded ? now : undefined
      },
      { deadlineMs: 60_000, what: 'a page that is committed and not recorded' },
    )
    expect(await world.processes.stop(WORKER)).toBe(0)

    const left = await standing(id)
    expect(left.recorded).toBe(left.committed)
    expect(left.recorded).toBeGreaterThanOrEqual(atStop.committed)
    expect(left.recorded).toBeLessThan(CHILDREN)

    await world.processes.start(WORKER)
    const { progress } = await ended(workspace.agent, id)
    expect(progress).toMatchObject({ applied: CHILDREN, skipped: 0, failed: 0, sent: CHILDREN, unknown: 0 })
    const once = new Map([...before].map(([ticketId, version]) => [ticketId, version + 1]))
    expect(await versions()).toEqual(once)
    expect(await standing(id)).toEqual({ committed: CHILDREN, recorded: CHILDREN })
    const { attempts, timedOut } = await slices(id)
    expect(timedOut).toEqual([])
    expect(new Set(attempts)).toEqual(new Set([1]))
  })
})
