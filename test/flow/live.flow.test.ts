import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { identityOf } from '../support/api.ts'
import { umbel } from '../support/cli.ts'
import { eventsOf, type LiveEvent } from '../support/live.ts'
import { ended, itemsOf, operationOf, start } from '../support/operate.ts'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

const CHILDREN = 250

describe('what is followed live', () => {
  let world: World
  let workspace: Workspace
  let outage: Outage
  let run = 0
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    run += 1
    workspace = await world.workspace(`live-${run}`)
    outage = await outageOf(world, workspace, CHILDREN, `live-${run}`)
  })
  const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

  it('is the whole of an operation, also for a command line whose gateway dies in the middle', async () => {
    const asked = { kind: 'broadcast', text: 'We are on it.', holdSeconds: 2 }
    const { id } = await start(workspace.agent, outage.masterId, asked)
    const following = umbel(world, 'operation', id, 'watch', '--workspace', workspace.slug)
    for (const held of [true, false]) {
      const inHold = async () => (await operationOf(workspace.agent, id)).state === 'holding'
      await until(async () => (await inHold()) === held, { what: held ? 'the hold' : 'the end of the hold' })
      await world.processes.kill('gateway')
      await world.processes.start('gateway')
    }
    const { code, stdout } = await following
    expect(code).toBe(0)
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told.map(({ version }) => version)).toEqual(upTo(told.length))
    expect(told.at(-1)).toMatchObject({ state: 'finished', applied: CHILDREN, sent: CHILDREN })
    const again: LiveEvent[] = []
    for await (const each of eventsOf(world, workspace.agent.token, `/v1/operations/${id}/stream`)) again.push(each)
    expect(again.map((each) => each.id)).toEqual([...upTo(told.length).map(String), ''])
    const csv = await umbel(world, 'operation', id, 'items', '--csv', '--workspace', workspace.slug)
    expect(csv.stdout.trim().split('\r\n')).toHaveLength((await itemsOf(workspace.agent, id)).length + 1)
  })

  it('ends for whoever may not see it any more, and was never there for anybody else', async () => {
    const asked = { kind: 'broadcast', text: 'We are on it.', holdSeconds: 600 }
    const { id } = await start(workspace.agent, outage.masterId, asked)
    const path = `/v1/operations/${id}/stream`
    const other = await world.workspace(`other-${run}`)
    await expect(eventsOf(world, other.admin.token, path).next()).rejects.toThrow('404')
    const seen: LiveEvent[] = []
    const following = (async () => {
      for await (const each of eventsOf(world, workspace.agent.token, path)) seen.push(each)
    })()
    await until(() => seen.length > 0, { what: 'the first event' })
    const { admin } = workspace
    const { id: groupId } = await admin.post<{ id: string }>('/v1/directory/groups', { name: 'Closed' })
    const { agentId } = identityOf(`admin@${workspace.slug}`)
    await admin.put(`/v1/directory/agents/${agentId}`, { name: 'Admin', role: 'admin', groupIds: [groupId] })
    await admin.put(`/v1/directory/groups/${groupId}`, { name: 'Closed', private: true })
    await admin.patch(`/v1/tickets/${outage.masterId}`, { groupId })
    await following
    expect(seen.at(-1)).toMatchObject({ event: 'end', data: { reason: 'not-found' } })
    await expect(eventsOf(world, workspace.agent.token, path).next()).rejects.toThrow('404')
  })

  it('is the latest rollup of a master, whatever was missed', async () => {
    const path = `/v1/masters/${outage.masterId}/stream`
    const closedIn = async (after: string): Promise<LiveEvent> => {
      for await (const each of eventsOf(world, workspace.agent.token, path, after)) {
        const { open } = each.data.children as { open: number }
        if (open === 0) return each
      }
      throw new Error('the stream ended')
    }
    const live = closedIn('')
    await ended(workspace.agent, (await start(workspace.agent, outage.masterId, { kind: 'close' })).id)
    const last = await live
    expect(last).toMatchObject({ event: 'rollup', id: String(last.data.version) })
    expect((await closedIn('1')).id).toBe(last.id)
  })
})
