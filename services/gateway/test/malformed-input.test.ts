import { describe, expect, it } from 'vitest'
import { type Asked, startDesk } from './world.ts'

const ticket = { subject: 'Cannot log in' }
const master = '/v1/masters/0199c1de-0000-7000-8000-000000000001'

interface Case {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly asked: Asked
  readonly status: number
  readonly slug: string
  readonly field?: string
  /** What the detail has to say. */
  readonly word?: string
}

const post = (what: string, asked: Asked, status: number, slug: string, field?: string): Case => ({
  what,
  method: 'POST',
  path: '/v1/tickets',
  asked,
  status,
  slug,
  ...(field === undefined ? {} : { field }),
})
const at = (path: string, method: string, one: Case): Case => ({ ...one, path, method })

const cases: readonly Case[] = [
  post('broken JSON', { raw: '{"subject":' }, 400, 'malformed-json'),
  post('bytes that are no UTF-8', { raw: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'malformed-json'),
  post('no body at all', {}, 400, 'invalid-field', ''),
  post('a list instead of an object', { body: [] }, 400, 'invalid-field', ''),
  post('an unknown field', { body: { ...ticket, colour: 'red' } }, 400, 'unknown-field', 'colour'),
  post('an empty subject', { body: { subject: '' } }, 400, 'invalid-field', 'subject'),
  post('a status nobody knows', { body: { ...ticket, status: 'done' } }, 400, 'invalid-field', 'status'),
  post('children of no master', { body: { ...ticket, children: ['1'] } }, 400, 'invalid-field', 'children'),
  post(
    'an unknown field deep inside',
    { body: { ...ticket, master: true, children: ['7', { subject: 'a', x: 1 }] } },
    400,
    'unknown-field',
    'children[1].x',
  ),
  post(
    'another media type',
    { raw: 'subject=a', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported-media-type',
  ),
  post('a body too large', { raw: `{"subject":"${'x'.repeat(5 * 1024 * 1024)}"}` }, 413, 'body-too-large'),
  post(
    'a key with spaces',
    { body: ticket, headers: { 'idempotency-key': 'a b' } },
    400,
    'invalid-field',
    'Idempotency-Key',
  ),
  post('no token', { token: null, body: ticket }, 401, 'token-invalid'),
  post('a token nobody signed', { token: 'forged', body: ticket }, 401, 'token-invalid'),
  post("an operator's token", { token: 'operator', body: ticket }, 403, 'not-permitted'),
  post("a service's token", { token: 'service', body: ticket }, 403, 'not-permitted'),
  at('/v1/nowhere', 'GET', post('a path that nobody serves', {}, 404, 'no-such-route')),
  at('/v1/tickets/%zz', 'GET', post('a path badly encoded', {}, 400, 'malformed-path')),
  at('/v1/tickets/abc', 'GET', post('an id that is none', {}, 400, 'invalid-field', 'id')),
  at('/v1/tickets?limit=1001', 'GET', post('a page too large', {}, 400, 'invalid-field', 'limit')),
  at('/v1/tickets?colour=red', 'GET', post('an unknown filter', {}, 400, 'unknown-field', 'colour')),
  at(
    '/v1/tickets?status=new,done',
    'GET',
    post('an unknown status among good ones', {}, 400, 'invalid-field', 'status[1]'),
  ),
  at(
    '/v1/tickets/7',
    'PATCH',
    post('a version without quotes', { body: {}, headers: { 'if-match': '7' } }, 400, 'invalid-field', 'If-Match'),
  ),
  at(
    `${master}/children`,
    'POST',
    post('ids and create at once', { body: { ids: ['1'], create: [ticket] } }, 400, 'invalid-field', ''),
  ),
  at(
    `${master}/operations`,
    'POST',
    post('an operation of no kind', { body: { kind: 'explode' } }, 400, 'invalid-field', 'kind'),
  ),
  ...wrongTargets(),
  at('/v1/dead-letters', 'GET', post('dead letters of nobody', {}, 400, 'invalid-field', 'service')),
]

/** Each names the field that the caller got wrong, not one of another way to say a target. */
function wrongTargets(): Case[] {
  const wrong: readonly (readonly [target: unknown, slug: string, field: string, word?: string])[] = [
    ['some', 'invalid-field', 'target', '"all"'],
    [{}, 'invalid-field', 'target.ids'],
    [{ ids: '7' }, 'invalid-field', 'target.ids'],
    [{ ids: ['7', 'seven'] }, 'invalid-field', 'target.ids[1]'],
    [{ filter: 'open' }, 'invalid-field', 'target.filter'],
    [{ filter: {} }, 'invalid-field', 'target.filter', 'at least one field'],
    [{ filter: { colour: 'red' } }, 'unknown-field', 'target.filter.colour'],
    [{ filter: { status: 'opne' } }, 'invalid-field', 'target.filter.status', '"open"'],
    [{ filter: { status: ['new', 'opne'] } }, 'invalid-field', 'target.filter.status[1]', '"open"'],
    [{ filter: { status: [] } }, 'invalid-field', 'target.filter.status'],
    [{ filter: { label: 5 } }, 'invalid-field', 'target.filter.label'],
    [{ filter: { customer: 'acme' } }, 'invalid-field', 'target.filter.customer', 'UUID'],
    [{ filter: { sla: ['late'] } }, 'invalid-field', 'target.filter.sla[0]', '"breached"'],
    [{ ids: ['7'], filter: { status: 'open' } }, 'unknown-field', 'target.filter'],
  ]
  return wrong.map(([target, slug, field, word]) => ({
    ...at(
      `${master}/operations`,
      'POST',
      post(`a target of ${JSON.stringify(target)}`, { body: { kind: 'close', target } }, 400, slug, field),
    ),
    ...(word === undefined ? {} : { word }),
  }))
}

describe('what is not understood', () => {
  it.each(cases)(
    '$what is a clear problem, and nobody behind is asked',
    async ({ method, path, asked, status, slug, field, word = '' }) => {
      await using desk = await startDesk()
      const answered = await desk.ask(method, path, asked)
      expect(answered.json).toMatchObject({ status, slug, type: `urn:umbel:problem:${slug}` })
      expect(answered.status).toBe(status)
      expect(answered.headers.get('content-type')).toContain('application/problem+json')
      if (field) expect(answered.json.field).toBe(field)
      expect(answered.json.detail).toContain(word)
    },
  )
})
