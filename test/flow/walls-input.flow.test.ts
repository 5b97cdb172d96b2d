import { once } from 'node:events'
import { connect } from 'node:net'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { badInputs, pagedPaths } from '../support/bad-input.ts'
import { type Belongings, fill } from '../support/belongings.ts'
import { type Answered, type Ask, ask } from '../support/rest.ts'
import type { Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

describe('what people may send', () => {
  let world: World
  let workspace: Workspace
  let belongings: Belongings
  beforeAll(async () => {
    world = await startWorld()
    workspace = await world.workspace('desk')
    belongings = await fill(world, workspace)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const asAdmin = (asked: Ask): Promise<Answered> => ask(world.api, { token: workspace.admin.token, ...asked })
  const everything = () =>
    Promise.all([
      workspace.admin.get('/v1/tickets?limit=1000'),
      workspace.admin.get(`/v1/tickets/${belongings.child}/comments`),
      workspace.admin.get(`/v1/tickets/${belongings.child}/resources`),
      workspace.admin.get(`/v1/masters/${belongings.master}/children`),
      workspace.admin.get('/v1/operations'),
      workspace.admin.get('/v1/directory/customers'),
    ])

  it.each(badInputs)('refuses $what', async ({ ask: askOf, status, slug }) => {
    const before = await everything()
    const answer = await asAdmin(askOf(belongings))
    expect({ status: answer.status, slug: answer.json.slug }, answer.text).toEqual({ status, slug })
    expect(answer.type).toContain('application/problem+json')
    expect(answer.text).not.toMatch(/node_modules|\bat .*\.ts:|select |postgres/)
    expect(await everything()).toEqual(before)
  })

  it('refuses cursors that are not its own', async () => {
    for (const path of pagedPaths)
      for (const cursor of ['x', '-1', '%00', 'eyJhIjoxfQ', '9'.repeat(200)]) {
        const at = path(belongings)
        const answer = await asAdmin({ method: 'GET', path: `${at}${at.includes('?') ? '&' : '?'}cursor=${cursor}` })
        expect(answer.status, `${at} ${cursor}: ${answer.text}`).toBe(400)
        expect(answer.json.slug).toBeTypeOf('string')
      }
  })

  it('changes nothing when a body ends before its announced length', async () => {
    const before = await everything()
    const { hostname, port } = new URL(world.api)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const token = workspace.admin.token
    socket.end(
      `POST /v1/tickets HTTP/1.1\r\nhost: umbel\r\nauthorization: Bearer ${token}\r\n` +
        'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"subject":"Cannot lo',
    )
    await once(socket.resume(), 'close')
    expect(await everything()).toEqual(before)
  })

  const repeatable: readonly (readonly [what: string, ask: (of: Belongings, word: string) => Ask])[] = [
    ['ticket', (_, subject) => ({ method: 'POST', path: '/v1/tickets', json: { subject } })],
    ['master', (_, subject) => ({ method: 'POST', path: '/v1/tickets', json: { subject, master: true } })],
    ['change', (of, subject) => ({ method: 'PATCH', path: `/v1/tickets/${of.child}`, json: { subject } })],
    [
      'comment',
      (of, text) => ({ method: 'POST', path: `/v1/tickets/${of.child}/comments`, json: { text, public: false } }),
    ],
    [
      'child',
      (of, subject) => ({
        method: 'POST',
        path: `/v1/masters/${of.master}/children`,
        json: { create: [{ subject }] },
      }),
    ],
    [
      'plan',
      (of, text) => ({
        method: 'POST',
        path: `/v1/masters/${of.master}/operations`,
        json: { kind: 'broadcast', text },
      }),
    ],
    [
      'resource',
      (of, title) => ({
        method: 'POST',
        path: `/v1/tickets/${of.child}/resources`,
        json: { kind: 'task', title, url: 'https://tasks.example/3' },
      }),
    ],
    ['customer', (_, name) => ({ method: 'POST', path: '/v1/directory/customers', json: { name } })],
  ]

  it.each(repeatable)('answers a repeated %s as before, and refuses its key for another', async (_, askOf) => {
    const headers = { 'idempotency-key': newId() }
    const first = await asAdmin({ ...askOf(belongings, 'The first'), headers })
    expect(first.status, first.text).toBeLessThan(300)
    const before = await everything()
    const again = await asAdmin({ ...askOf(belongings, 'The first'), headers })
    expect({ status: again.status, json: again.json }).toEqual({ status: first.status, json: first.json })
    const other = await asAdmin({ ...askOf(belongings, 'Another'), headers })
    expect({ status: other.status, slug: other.json.slug }).toEqual({ status: 422, slug: 'idempotency-key-reused' })
    expect(await everything()).toEqual(before)
  })

  it('leaves a key to each person', async () => {
    const asked = { method: 'POST', path: '/v1/tickets', headers: { 'idempotency-key': newId() } }
    const [mine, yours] = await Promise.all([
      asAdmin({ ...asked, json: { subject: 'Mine' } }),
      asAdmin({ ...asked, json: { subject: 'Yours' }, token: workspace.agent.token }),
    ])
    expect([mine.json.subject, yours.json.subject]).toEqual(['Mine', 'Yours'])
  })

  it('makes one of ten that come at once under one key', async () => {
    const asked = {
      method: 'POST',
      path: '/v1/tickets',
      headers: { 'idempotency-key': newId() },
      json: { subject: 'Only one of these' },
    }
    const answers = await Promise.all(Array.from({ length: 10 }, () => asAdmin(asked)))
    const good = answers.filter(({ status }) => status === 201)
    for (const { status, json } of answers)
      expect(status === 201 || json.slug === 'idempotency-key-running', JSON.stringify(json)).toBe(true)
    expect(new Set(good.map(({ json }) => json.id)).size).toBe(1)
    const all = await workspace.admin.all<Ticket>('/v1/tickets')
    expect(all.filter(({ subject }) => subject === 'Only one of these')).toHaveLength(1)
  })

  it('refuses changes to a version that has gone', async () => {
    const { id } = await workspace.admin.post<Ticket>('/v1/tickets', { subject: 'Version one' })
    const change = { method: 'PATCH', path: `/v1/tickets/${id}`, json: { priority: 'high' } }
    const ifMatch = { headers: { 'if-match': '"1"' } }
    expect((await asAdmin({ ...change, ...ifMatch })).status).toBe(200)
    const note = { method: 'POST', path: `/v1/tickets/${id}/comments`, json: { public: false, text: 'x' } }
    for (const asked of [{ ...change, json: { priority: 'low' } }, note]) {
      const stale = await asAdmin({ ...asked, ...ifMatch })
      expect({ status: stale.status, slug: stale.json.slug }).toEqual({ status: 412, slug: 'version-mismatch' })
    }
    expect(await workspace.admin.get(`/v1/tickets/${id}`)).toMatchObject({ version: 2, priority: 'high' })
    expect((await asAdmin({ ...note, headers: { 'if-match': '"2"' } })).status).toBe(201)
  })
})
