import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Outage, outageOf } from '../support/outage.ts'
import type { Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

interface Commented {
  readonly id: string
  readonly hints: readonly { readonly kind: string; readonly message: string }[]
}
interface Audited {
  readonly changes: readonly { readonly field: string; readonly to: string }[]
}

describe('a public comment on a child', () => {
  let world: World
  let desk: Workspace
  let outage: Outage
  let child: string
  beforeAll(async () => {
    world = await startWorld()
    desk = await world.workspace('comments')
    outage = await outageOf(world, desk, 2)
    const { email: owner } = sibling(0)
    const { email: other } = sibling(1)
    await until(async () => (await indexed(owner)) && (await indexed(other)), { what: 'both customers are indexed' })
    child = await ticketOf(0)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const sibling = (at: number) => {
    const found = outage.children[at]
    if (found === undefined) throw new Error(`the outage has no child ${at}`)
    return found
  }
  const indexed = async (phrase: string): Promise<boolean> =>
    (await world.sql('linking', 'select 1 from leak_phrase where phrase = $1', [phrase.toLowerCase()])).length > 0
  const ticketOf = async (at: number): Promise<string> => {
    const { items } = await desk.agent.get<{ items: Ticket[] }>(
      `/v1/tickets?externalSource=${encodeURIComponent(desk.source)}&externalId=${sibling(at).subject}`,
    )
    if (!items[0]) throw new Error('the child is not there')
    return items[0].id
  }
  const say = (text: string, more: object = {}, key = newId()) =>
    desk.agent.post<Commented>(
      `/v1/tickets/${child}/comments`,
      { text, public: true, ...more },
      { 'idempotency-key': key },
    )
  const comments = async (): Promise<number> => (await desk.agent.all<object>(`/v1/tickets/${child}/comments`)).length

  it('is refused where it names a sibling, and nothing is added', async () => {
    const before = await comments()
    await expect(say(`Write to ${sibling(1).email}`)).rejects.toMatchObject({
      status: 422,
      problem: { slug: 'text-leaks', field: 'text', detail: expect.stringContaining(sibling(1).email) },
    })
    expect(await comments()).toBe(before)
    const light = desk.light.post(`/v1/tickets/${child}/comments`, { text: sibling(1).email, public: true })
    await expect(light).rejects.toMatchObject({ problem: { slug: 'not-permitted' } })
  })

  it('may name its own customer, and anybody inside the house', async () => {
    expect((await say(`We wrote to ${sibling(0).email}`)).hints).toEqual([])
    expect((await say(`The same as ${sibling(1).email}`, { public: false })).hints).toEqual([])
  })

  it('may name a sibling for a reason, which stands in the audit', async () => {
    const { hints } = await say(`As ${sibling(1).email} asked`, { overrideReason: 'they are colleagues' })
    expect(hints).toMatchObject([{ kind: 'leak' }])
    const audit = await desk.agent.all<Audited>(`/v1/tickets/${child}/audit`)
    const overridden = audit.flatMap(({ changes }) => changes).filter(({ field }) => field === 'leak_check_overridden')
    expect(overridden).toMatchObject([{ to: 'they are colleagues' }])
    await expect(say('Hello', { overrideReason: 'x' })).rejects.toMatchObject({
      problem: { slug: 'override-reason-too-short' },
    })
  })

  it('is told from a broadcast', async () => {
    expect((await say('Hello everyone, it works again')).hints.map(({ kind }) => kind)).toEqual(['broadcast-instead'])
  })

  it('is not added while nobody can check it; what was added is answered again', async () => {
    const key = newId()
    const { id } = await say('It works again', {}, key)
    const unrelated = await desk.agent.post<Ticket>('/v1/tickets', { subject: 'A question' })
    await world.processes.stop('linking')
    try {
      await expect(say('It works again')).rejects.toMatchObject({ status: 503 })
      expect((await say('It works again', {}, key)).id).toBe(id)
      await desk.agent.post(`/v1/tickets/${unrelated.id}/comments`, { text: 'An answer', public: true })
    } finally {
      await world.processes.start('linking')
    }
    const added = () =>
      say('It works for good').then(
        () => true,
        () => undefined,
      )
    await until(added, { what: 'comments are checked again' })
  })

  it('is checked where the master belongs to a team that its author is no member of', async () => {
    const { admin } = desk
    const { id: groupId } = await admin.post<{ id: string }>('/v1/directory/groups', { name: 'Closed' })
    await admin.patch(`/v1/tickets/${outage.masterId}`, { groupId })
    const { number } = await admin.get<Ticket>(`/v1/tickets/${outage.masterId}`)
    await admin.put(`/v1/directory/groups/${groupId}`, { name: 'Closed', private: true })
    await until(async () => (await hides(outage.masterId)) || undefined, { what: 'the master is hidden' })
    await expect(say(`Write to ${sibling(1).email}`)).rejects.toMatchObject({ problem: { slug: 'text-leaks' } })
    await expect(say(`It is #${number}`)).rejects.toMatchObject({
      problem: { slug: 'text-leaks', detail: expect.not.stringContaining(`#${number}`) },
    })
  })

  const hides = async (masterId: string): Promise<boolean> => {
    const masters = await desk.agent.all<Ticket>('/v1/masters')
    return !masters.some(({ id }) => id === masterId)
  }
})
