import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Master, Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

interface Outcomes {
  readonly outcomes: readonly { readonly ticketId: string; readonly outcome: string }[]
}
interface Linked extends Ticket {
  readonly master: boolean
  readonly primaryMasterId: string | null
}
interface Drifts {
  readonly drifts: readonly { readonly figure: string; readonly stored: number; readonly counted: number }[]
}

describe('masters and links', () => {
  let world: World
  let desk: Workspace
  beforeAll(async () => {
    world = await startWorld({ env: { LINKING_CHECK_GRACE_MS: '300' } })
    desk = await world.workspace('links')
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const open = (body: object = {}) => desk.agent.post<Linked>('/v1/tickets', { subject: 'It is down', ...body })
  const ticket = (id: string) => desk.agent.get<Linked>(`/v1/tickets/${id}`)
  const master = (id: string) => desk.agent.get<Master>(`/v1/masters/${id}`)

  it('link tickets that were opened a moment ago, and ticket knows it with the answer', async () => {
    const { id } = await open({ master: true })
    expect((await ticket(id)).master).toBe(true)
    const children = [await open(), await open()]
    const ids = children.map((child) => child.id)
    const { outcomes } = await desk.agent.post<Outcomes>(`/v1/masters/${id}/children`, { ids })
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['linked', 'linked'])
    for (const child of ids) expect((await ticket(child)).primaryMasterId).toBe(id)
    expect((await master(id)).rollup.children).toMatchObject({ total: 2, open: 2 })
    await desk.agent.patch(`/v1/tickets/${ids[0]}`, { status: 'solved' })
    await until(async () => (await master(id)).rollup.children.closed === 1, { what: 'the rollup shows one closed' })
    expect(await desk.agent.post<Drifts>(`/v1/masters/${id}/rollup/check`)).toMatchObject({ drifts: [] })
  })

  it('are put right when an event was lost', async () => {
    const { id } = await open({ master: true })
    const child = await open()
    await desk.agent.post(`/v1/masters/${id}/children`, { ids: [child.id] })
    await until(async () => (await seen(child.id)) >= 1, { what: 'linking has heard of the child' })
    await world.sql('ticket', `update ticket set status = 'solved', version = version + 1 where ticket_id = $1`, [
      child.id,
    ])
    const { drifts } = await desk.agent.post<Drifts>(`/v1/masters/${id}/rollup/check`)
    expect(drifts.map(({ figure }) => figure)).toEqual([`child:${child.id}.version`])
    expect((await master(id)).rollup.children).toMatchObject({ total: 1, open: 0, closed: 1 })
    expect((await desk.agent.post<Drifts>(`/v1/masters/${id}/rollup/check`)).drifts).toEqual([])
  })

  it('end when the master is demoted', async () => {
    const { id } = await open({ master: true })
    const child = await open()
    await desk.agent.post(`/v1/masters/${id}/children`, { ids: [child.id] })
    await desk.agent.post(`/v1/masters/${id}/demote`, { reason: 'a false alarm' })
    expect((await ticket(child.id)).primaryMasterId).toBeNull()
    expect((await ticket(id)).master).toBe(false)
    await expect(master(id)).rejects.toMatchObject({ status: 404 })
  })

  const seen = async (ticketId: string): Promise<number> => {
    const [row] = await world.sql<{ version: number }>(
      'linking',
      'select version::int from stream_seen where stream_key = $1',
      [`ticket:${ticketId}`],
    )
    return row?.version ?? 0
  }
})
