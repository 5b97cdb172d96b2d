import { startTestIssuer, type TestIssuer } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identityOf } from '../support/api.ts'
import { type Belongings, fill } from '../support/belongings.ts'
import { ask, filled, type ToldRoute, toldRoutes } from '../support/rest.ts'
import { bodyOf, paramsOf, pathOf } from '../support/route-cases.ts'
import { refusalOf, servedMethods } from '../support/rpc-methods.ts'
import type { Workspace } from '../support/workspace.ts'
import { startWorld, type World } from '../support/world.ts'

describe('the walls', () => {
  let issuer: TestIssuer
  let world: World
  let routes: readonly ToldRoute[]
  let ours: Workspace
  let theirs: Workspace
  let belongings: Belongings
  let badTokens: Readonly<Record<string, string>>
  beforeAll(async () => {
    issuer = await startTestIssuer()
    world = await startWorld({ issuer })
    routes = await toldRoutes(world.api)
    ours = await world.workspace('ours')
    theirs = await world.workspace('theirs')
    belongings = await fill(world, ours)
    const admin = identityOf('admin@ours')
    badTokens = {
      expired: await issuer.expiredToken(admin),
      'of a foreign issuer': await issuer.foreignIssuerToken(admin),
      forged: await issuer.forgedToken(admin),
      'for another product': await issuer.foreignAudienceToken(admin),
      unsigned: unsigned(await issuer.agentToken(admin)),
      'no token': 'umbel',
    }
  })
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]()
    await issuer?.[Symbol.asyncDispose]()
  })

  it('stand before every route: no token, and every wrong one, is refused', async () => {
    expect(routes.length).toBeGreaterThan(40)
    for (const route of routes)
      for (const [kind, token] of [['missing', undefined], ...Object.entries(badTokens)] as const) {
        const path = filled(route)
        const answer = await ask(world.api, { ...route, path, ...(token === undefined ? {} : { token }) })
        const seen = { status: answer.status, slug: answer.json.slug, type: answer.type.split(';')[0] }
        const right = { status: 401, slug: 'token-invalid', type: 'application/problem+json' }
        expect(seen, `${route.method} ${path}, ${kind}`).toEqual(right)
      }
  })

  it('stand before every method: every wrong token is refused, and the right one of another workspace', async () => {
    expect(servedMethods.length).toBeGreaterThan(60)
    for (const served of servedMethods) {
      const name = `${served.at} ${served.service.typeName}/${served.method.name}`
      expect(
        served.method.input.fields.map((field) => field.localName),
        name,
      ).toContain('workspaceId')
      for (const [kind, token] of Object.entries(badTokens))
        expect(await refusalOf(world, served, ours.id, token), `${name}, ${kind}`).toMatchObject({
          kind: 'forbidden',
          slug: 'token-invalid',
        })
      expect(await refusalOf(world, served, ours.id, theirs.admin.token), name).toMatchObject({
        kind: 'forbidden',
        slug: 'wrong-workspace',
      })
    }
  })

  it('keep operators out of what belongs to a workspace', async () => {
    const token = await issuer.operatorToken()
    const open = new Set(['DeadLetterService', 'EnsureWorkspace', 'GetWorkspace'])
    for (const served of servedMethods) {
      if (open.has(served.service.name) || open.has(served.method.name)) continue
      const name = `${served.service.name}/${served.method.name}`
      expect(await refusalOf(world, served, ours.id, token), name).toMatchObject({
        kind: 'forbidden',
        slug: 'not-permitted',
      })
    }
  })

  it('keep agents away from what services do for one another', async () => {
    const inHouse =
      /^(SetPrimaryLinks|SetMasterRole|ArmOperation|HaltOperation|ApplyOperationPage|GetOutgoing|AddReply)$/
    const found = servedMethods.filter(({ at, method }) => at === 'ticket' && inHouse.test(method.name))
    expect(found).toHaveLength(7)
    for (const served of found)
      expect(await refusalOf(world, served, ours.id, ours.admin.token, CLOSING), served.method.name).toMatchObject({
        kind: 'forbidden',
        slug: 'not-permitted',
      })
  })

  it('let light agents read, and write nothing but internal comments', async () => {
    const { token } = ours.light
    for (const route of routes) {
      const params = paramsOf(route, belongings)
      const json = bodyOf(route, belongings)
      const asked = {
        method: route.method,
        path: pathOf(route, params),
        token,
        ...(json === undefined ? {} : { json }),
      }
      const { status, text } = await ask(world.api, route.path === '/v1/events' ? { ...asked, ...EVENT } : asked)
      const name = `${route.method} ${route.path}: ${text}`
      if (route.path === OWN_NOTICE)
        expect(status, name).toBe(404) // marked as read by whom it is for, whoever that is
      else expect(status, name).toBe(isClosed(route) ? 403 : 200)
    }
    const noted = await ask(world.api, {
      method: 'POST',
      path: `/v1/tickets/${belongings.child}/comments`,
      token,
      json: { public: false, text: 'I saw it too.' },
    })
    expect(noted.status).toBe(201)
  })
})

const OWN_NOTICE = '/v1/inbox/{id}/read'
const ADMINS_READ = ['/v1/dead-letters', '/v1/webhooks', '/v1/suppressions']

/** Whether a light agent is turned away. */
const isClosed = ({ method, path }: ToldRoute): boolean =>
  method !== 'GET' || ADMINS_READ.some((closed) => path.startsWith(closed))

/** What a page needs to be looked at. */
const CLOSING = { effect: { effect: { case: 'close', value: {} } } }

const EVENT = {
  json: {
    specversion: '1.0',
    id: 'one',
    source: '/helpdesk/ours',
    type: 'umbel.ticket.upserted.v1',
    subject: 'one',
    sequence: 1,
    data: { subject: 'One' },
  },
  headers: { 'content-type': 'application/cloudevents+json' },
}

/** The same claims under `alg: none`, as the oldest trick has it. */
function unsigned(token: string): string {
  const [, claims] = token.split('.')
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`
}
