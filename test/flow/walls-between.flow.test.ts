import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Belongings, fill } from '../support/belongings.ts'
import { ask, type ToldRoute, toldRoutes } from '../support/rest.ts'
import { bodyOf, paramsOf, pathOf } from '../support/route-cases.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

type Call = Parameters<typeof ask>[1]

describe('the walls between workspaces', () => {
  let world: World
  let routes: readonly ToldRoute[]
  let ours: Workspace
  let theirs: Workspace
  let here: Belongings
  let there: Belongings
  let run = 0
  beforeAll(async () => {
    world = await startWorld()
    routes = await toldRoutes(world.api)
    ours = await world.workspace('ours')
    here = await fill(world, ours)
  })
  // a fresh one each time: whoever puts an entry under an id has it from then on
  beforeEach(async () => {
    run += 1
    theirs = await world.workspace(`theirs-${run}`)
    there = await fill(world, theirs)
  })
  afterAll(async () => world?.[Symbol.asyncDispose]())

  /** What the other workspace's admin is answered, with every id of these belongings blanked. */
  async function answered(call: Call, of: Belongings): Promise<{ status: number; body: string }> {
    const { status, text } = await ask(world.api, { ...call, token: theirs.admin.token })
    expect(status, `${call.method} ${call.path}: ${text}`).toBeLessThan(500)
    return { status, body: Object.values(of).reduce((told, id) => told.replaceAll(id, 'ID'), text) }
  }

  /** Asks about what is ours and about what is nobody's; both answers must be the same. */
  async function expectSame(callOf: (of: Belongings) => Call): Promise<void> {
    const nobody = ofNobody(here)
    const [known, unknown] = [await answered(callOf(here), here), await answered(callOf(nobody), nobody)]
    const { method, path } = callOf(here)
    // every answer of a write that works tells of an own new thing: its number, its id, its time
    expect(blanked(known), `${method} ${path}`).toEqual(blanked(unknown))
  }

  const everything = async (workspace: Workspace): Promise<unknown> =>
    Promise.all(
      EVERYTHING.map((path) =>
        workspace.admin.get(path.replaceAll(/\{(\w+)\}/g, (_, name: string) => here[name as keyof Belongings])),
      ),
    )

  it('answer to another workspace as if nothing were there, by every route that takes an id', async () => {
    const before = await everything(ours)
    const withIds = routes.filter(({ path }) => path.includes('{') && !path.includes('{slug}'))
    expect(withIds.length).toBeGreaterThan(30)
    for (const route of withIds)
      await expectSame((of) => {
        const json = bodyOf(route, of)
        const path = pathOf(route, paramsOf(route, of))
        return { method: route.method, path, ...(json === undefined ? {} : { json }) }
      })
    expect(await everything(ours)).toEqual(before)
  })

  it('answer the same where the id is in a query', async () => {
    const paths: readonly ((of: Belongings) => string)[] = [
      ({ child }) => `/v1/notifications?ticket=${child}`,
      ({ operation }) => `/v1/notifications?operation=${operation}`,
      ({ master }) => `/v1/operations?master=${master}`,
      ({ requesters }) => `/v1/tickets?requester=${requesters}`,
      ({ customers }) => `/v1/tickets?customer=${customers}`,
    ]
    for (const path of paths) await expectSame((of) => ({ method: 'GET', path: path(of) }))
    const external = await theirs.admin.get(`/v1/tickets?externalSource=${ours.source}&externalId=outage-1`)
    expect(external).toEqual({ items: [], nextCursor: null })
  })

  it('answer the same where the id is in a body', async () => {
    const before = await everything(ours)
    const post = (path: string, json: object): Call => ({ method: 'POST', path, json })
    const calls: readonly ((of: Belongings) => Call)[] = [
      ({ requesters }) => post('/v1/tickets', { subject: 'x', requesterId: requesters }),
      ({ agents }) => post('/v1/tickets', { subject: 'x', assigneeId: agents }),
      ({ groups }) => post('/v1/tickets', { subject: 'x', groupId: groups }),
      ({ customers }) => post('/v1/tickets', { subject: 'x', customerId: customers }),
      ({ projects }) => post('/v1/tickets', { subject: 'x', projectId: projects }),
      ({ child }) => post('/v1/tickets', { subject: 'x', master: true, children: [child] }),
      ({ child }) => post(`/v1/masters/${there.master}/children`, { ids: [child] }),
      ({ requesters }) =>
        post(`/v1/masters/${there.master}/children`, { create: [{ subject: 'x', requesterId: requesters }] }),
      ({ child }) => post(`/v1/tickets/${there.child}/links`, { kind: 'related', target: child }),
      ({ child }) => post(`/v1/masters/${there.master}/operations`, { kind: 'close', target: { ids: [child] } }),
      ({ customers }) => post('/v1/directory/requesters', { name: 'x', customerId: customers }),
      ({ groups }) => post('/v1/directory/agents', { name: 'x', role: 'agent', groupIds: [groups] }),
      ({ child }) => ({ method: 'DELETE', path: `/v1/masters/${there.master}/children`, json: { ids: [child] } }),
      ({ agents }) => ({ method: 'PATCH', path: `/v1/tickets/${there.child}`, json: { assigneeId: agents } }),
      ({ link }) => ({ method: 'DELETE', path: `/v1/tickets/${there.child}/links/${link}` }),
      ({ resource }) => ({ method: 'DELETE', path: `/v1/tickets/${there.child}/resources/${resource}` }),
    ]
    for (const call of calls) await expectSame(call)
    expect(await everything(ours)).toEqual(before)
  })

  it('let an id that two workspaces gave to the same thing be two things', async () => {
    const path = `/v1/directory/customers/${here.customers}`
    await theirs.admin.put(path, { name: 'Quite another company' })
    const { items } = await ours.admin.get<{ items: { id: string; name: string }[] }>('/v1/directory/customers')
    expect(items.find(({ id }) => id === here.customers)?.name).toBe('Company')
  })
})

/** Where all that a workspace has can be seen. */
const EVERYTHING = [
  '/v1/tickets?limit=1000',
  '/v1/masters',
  '/v1/masters/{master}/children',
  '/v1/tickets/{child}/comments',
  '/v1/tickets/{child}/audit',
  '/v1/tickets/{child}/links?history=true',
  '/v1/tickets/{child}/resources',
  '/v1/operations',
  '/v1/operations/{operation}/items',
  '/v1/notifications',
  '/v1/dead-letters?service=ticket',
  ...['agents', 'groups', 'requesters', 'customers', 'projects'].map((kind) => `/v1/directory/${kind}?limit=1000`),
]

const ofNobody = (of: Belongings): Belongings =>
  Object.fromEntries(Object.keys(of).map((name) => [name, newId()])) as unknown as Belongings

const blanked = ({ status, body }: { status: number; body: string }) => ({
  status,
  body: body
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"(?:number|planHash)":(?:\d+|"\w+")/g, 'OWN'),
})
