import { newId } from '@umbel/kernel/ids'
import type { Message } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signIn } from '../support/api.ts'
import { badEvents, toMessage } from '../support/bad-events.ts'
import { badPosts, eventFor, posted } from '../support/bad-posts.ts'
import { ask } from '../support/rest.ts'
import type { Ticket } from '../support/shapes.ts'
import { type Upsert, upsertMessage, upstreamBroker } from '../support/upstream.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

interface Letter {
  readonly id: string
  readonly key: string
  readonly reason: string
  readonly state: string
}

describe('what upstream may send', () => {
  let world: World
  let workspace: Workspace
  let run = 0
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    run += 1
    workspace = await world.workspace(`desk-${run}`)
  })

  async function publish(messages: readonly Message[]): Promise<void> {
    await using broker = upstreamBroker(world)
    await broker.publish(messages)
  }
  const letters = (of = workspace) => of.admin.all<Letter>('/v1/dead-letters?service=ticket')
  const lettersOf = (count: number) =>
    until(
      async () => {
        const found = await letters()
        return found.length >= count ? found : undefined
      },
      { deadlineMs: 30_000, what: `${count} dead letters` },
    )
  const subjects = async () => (await workspace.admin.all<Ticket>('/v1/tickets')).map(({ subject }) => subject).sort()
  const shown = (subject: string) =>
    until(async () => (await subjects()).includes(subject), { deadlineMs: 30_000, what: `the ticket ${subject}` })
  const act = (letter: Letter | undefined, verb: 'replay' | 'discard') =>
    ask(world.api, {
      method: 'POST',
      path: `/v1/dead-letters/${letter?.id}/${verb}?service=ticket`,
      token: workspace.admin.token,
    })
  /** From a source that is not registered yet. */
  const early = (upsert: Omit<Upsert, 'ticket'>, subject: string): Message =>
    upsertMessage({ ...workspace, source: '/late' }, { ...upsert, ticket: { subject } })
  const register = async () => {
    const operator = await signIn(world.api, world.issuer, 'operator')
    await operator.put(`/v1/workspaces/${workspace.slug}`, {
      mailDomain: workspace.mailDomain,
      sources: [workspace.source, '/late'].map((source) => ({ source, notifies: false })),
      agents: [],
    })
  }

  it('becomes a dead letter with its reason where it cannot be understood, and holds nobody up', async () => {
    await publish([
      ...badEvents.map((event) => toMessage(workspace, event)),
      upsertMessage(workspace, { subject: 'good', sequence: 1, ticket: { subject: 'Good' } }),
    ])
    await shown('Good')
    const found = await lettersOf(badEvents.length)
    const reasons = Object.fromEntries(found.map(({ key, reason }) => [key.split(':').at(-1), reason]))
    expect(reasons).toEqual(Object.fromEntries(badEvents.map(({ what, reason }) => [what, reason])))
    expect(await subjects()).toEqual(['Good'])
  })

  it('is shown to nobody where the header names one workspace and the data another', async () => {
    const other = await world.workspace(`other-${run}`)
    const mixed = upsertMessage(other, { subject: 'mixed', sequence: 1, ticket: { subject: 'Of the other' } })
    await publish([
      { ...mixed, headers: { ...mixed.headers, ce_workspace: workspace.id } },
      toMessage(workspace, badEvents[0] as (typeof badEvents)[number]),
    ])
    await lettersOf(1)
    await publish([upsertMessage(workspace, { subject: 'good', sequence: 1, ticket: { subject: 'Good' } })])
    await shown('Good')
    for (const seen of [await letters(), await letters(other)])
      expect(seen.filter(({ reason }) => reason === 'workspace-mismatch')).toEqual([])
  })

  it('is done when it is replayed after its trouble is mended, in the order of its key', async () => {
    await publish([
      early({ subject: 'late', sequence: 1 }, 'As it was'),
      early({ subject: 'late', sequence: 2 }, 'As it is'),
    ])
    const [first, second, ...more] = await lettersOf(2)
    expect(more).toEqual([])
    const tooSoon = await act(first, 'replay')
    expect({ status: tooSoon.status, slug: tooSoon.json.slug }).toEqual({ status: 403, slug: 'source-unknown' })
    await register()
    const outOfOrder = await act(second, 'replay')
    expect({ status: outOfOrder.status, slug: outOfOrder.json.slug }).toEqual({
      status: 422,
      slug: 'earlier-dead-letter',
    })
    expect(await subjects()).toEqual([])
    for (const [letter, subject] of [
      [first, 'As it was'],
      [second, 'As it is'],
    ] as const) {
      expect((await act(letter, 'replay')).json).toMatchObject({ state: 'replayed' })
      expect(await subjects()).toEqual([subject])
    }
    expect((await act(first, 'replay')).json).toMatchObject({ status: 422, slug: 'dead-letter-ended' })
    expect(await letters()).toEqual([])
  })

  it('is gone for good when it is discarded, and opens the way for the next of its key', async () => {
    await publish([
      early({ subject: 'late', sequence: 1 }, 'Given up'),
      early({ subject: 'late', sequence: 2 }, 'Kept'),
    ])
    const [first, second] = await lettersOf(2)
    await register()
    expect((await act(first, 'discard')).json).toMatchObject({ state: 'discarded' })
    expect((await act(second, 'replay')).json).toMatchObject({ state: 'replayed' })
    expect(await subjects()).toEqual(['Kept'])
    for (const verb of ['replay', 'discard'] as const)
      expect((await act(first, verb)).json).toMatchObject({ status: 422, slug: 'dead-letter-ended' })
  })

  it.each(badPosts)('is refused over HTTP: $what', async ({ ask: askOf, status, slug }) => {
    const answer = await ask(world.api, { ...askOf(workspace), token: workspace.admin.token })
    expect({ status: answer.status, slug: answer.json.slug }, answer.text).toEqual({ status, slug })
    expect(answer.type).toContain('application/problem+json')
    // what is posted after it is the first that arrives
    const good = eventFor(workspace, { subject: newId(), data: { subject: 'Good' } })
    const taken = posted(JSON.stringify(good), 'application/cloudevents+json')
    expect((await ask(world.api, { ...taken, token: workspace.admin.token })).status).toBe(202)
    await shown('Good')
    expect(await subjects()).toEqual(['Good'])
    expect(await letters()).toEqual([])
  })
})
