import { newId } from '@umbel/kernel/ids'
import { type BadInput, bad } from './bad-case.ts'
import { badPlans, badSettings, badSteps } from './bad-plans.ts'
import type { Belongings } from './belongings.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const MEGABYTES_2 = 'x'.repeat(2 * 1024 * 1024)

const tickets = (json: unknown) => () => ({ method: 'POST', path: '/v1/tickets', json })
const raw =
  (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
  () => ({
    method: 'POST',
    path: '/v1/tickets',
    headers,
    body,
  })
const comment =
  (json: object, headers = {}) =>
  ({ child }: Belongings) => ({ method: 'POST', path: `/v1/tickets/${child}/comments`, json, headers })
const get = (path: string) => () => ({ method: 'GET', path })
const unreadable: readonly BadInput[] = [
  bad('broken JSON', raw('{"subject":'), 400, 'malformed-json'),
  bad('JSON cut inside a word', raw('{"subject":"Cannot lo'), 400, 'malformed-json'),
  bad('bytes that are no text', raw(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), 400, 'malformed-json'),
  bad('two documents', raw('{"subject":"a"}{"subject":"b"}'), 400, 'malformed-json'),
  bad('JSON 100,000 levels deep', raw('['.repeat(100_000) + ']'.repeat(100_000))),
  bad('no body', raw('')),
  bad(
    'a form',
    raw('subject=a', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported-media-type',
  ),
  bad('an unknown encoding', raw('{}', { ...JSON_TYPE, 'content-encoding': 'zip' }), 415, 'unsupported-media-type'),
  bad('a comment of 2 MB', comment({ public: false, text: MEGABYTES_2 }), 413, 'body-too-large'),
  bad('a description of 2 MB', tickets({ subject: 'x', description: MEGABYTES_2 })),
]

const wrongTypes: readonly BadInput[] = [
  bad('a list', tickets([])),
  bad('null', tickets(null)),
  bad('a number for a subject', tickets({ subject: 7 })),
  bad('a status nobody knows', tickets({ subject: 'x', status: 'done' })),
  bad('an unknown field', tickets({ subject: 'x', colour: 'red' }), 400, 'unknown-field'),
  bad('a prototype', raw('{"subject":"x","__proto__":{"master":true}}'), 400, 'unknown-field'),
  bad('text for a flag', comment({ public: 'yes', text: 'x' })),
  bad('a subject of 501 characters', tickets({ subject: 'x'.repeat(501) })),
  bad('a text of more than 64 KB', comment({ public: false, text: 'ä'.repeat(33_000) }), 400, 'text-too-long'),
  bad('101 labels', tickets({ subject: 'x', labels: Array.from({ length: 101 }, (_, at) => `l${at}`) })),
]

const characters: readonly BadInput[] = [
  bad('a header in a subject', tickets({ subject: 'x\r\nBcc: all@example.org' }), 400, 'control-character'),
  bad('a line feed in a subject', tickets({ subject: 'x\ny' }), 400, 'control-character'),
  bad('NUL in a subject', tickets({ subject: 'x\u0000y' }), 400, 'control-character'),
  bad('NUL in a comment', comment({ public: true, text: 'x\u0000y' }), 400, 'control-character'),
  bad('an escape sequence in a comment', comment({ public: true, text: '\u001b[2J' }), 400, 'control-character'),
  bad('NUL in a label', tickets({ subject: 'x', labels: ['a\u0000'] }), 400, 'control-character'),
  bad('NUL in a form field', tickets({ subject: 'x', fields: { a: 'x\u0000' } }), 400, 'control-character'),
  bad('a subject of spaces', tickets({ subject: '   ' }), 400, 'subject-empty'),
  bad('a comment of spaces', comment({ public: true, text: ' \n ' }), 400, 'text-empty'),
  bad(
    'a line feed in a name',
    () => ({ method: 'POST', path: '/v1/directory/customers', json: { name: 'x\r\nTo: y' } }),
    400,
    'control-character',
  ),
  bad('two addresses in one', () => ({
    method: 'POST',
    path: '/v1/directory/requesters',
    json: { name: 'x', email: 'a@b.example, c@d.example' },
  })),
  bad('a script for a link', ({ child }) => ({
    method: 'POST',
    path: `/v1/tickets/${child}/resources`,
    json: { kind: 'task', title: 'x', url: 'javascript:alert(1)' },
  })),
]

const references: readonly BadInput[] = [
  bad('a word for an id', get('/v1/tickets/latest')),
  bad('a number for an operation', get('/v1/operations/1')),
  bad('a quote in an id', get("/v1/tickets/1'%20or%20'1'='1")),
  bad('NUL in an id', get('/v1/tickets/%00')),
  bad('a path that is not well encoded', get('/v1/tickets/%zz'), 400, 'malformed-path'),
  bad('an endless number', get(`/v1/tickets/${'9'.repeat(30)}`)),
  bad('a requester who is no id', tickets({ subject: 'x', requesterId: 'rosa' })),
  bad('a requester who is nobody', tickets({ subject: 'x', requesterId: newId() }), 400, 'unknown-requester'),
  bad('children that are no ids', ({ master }) => ({
    method: 'POST',
    path: `/v1/masters/${master}/children`,
    json: { ids: ['one'] },
  })),
  bad('no limit at all', get('/v1/tickets?limit=0')),
  bad('a limit without end', get('/v1/tickets?limit=1000000')),
  bad('an unknown query', get('/v1/tickets?sort=asc'), 400, 'unknown-field'),
  bad('a key with a space', () => ({ ...tickets({ subject: 'x' })(), headers: { 'idempotency-key': 'a b' } })),
  bad('a version without quotes', comment({ public: false, text: 'x' }, { 'if-match': '1' })),
]

/** What is wrong in itself, by what it is answered. */
export const badInputs: readonly BadInput[] = [
  ...unreadable,
  ...wrongTypes,
  ...characters,
  ...references,
  ...badPlans,
  ...badSteps,
  ...badSettings,
]

/** Lists that take a cursor; what is no cursor of theirs is refused. */
export const pagedPaths: readonly ((of: Belongings) => string)[] = [
  () => '/v1/tickets',
  () => '/v1/masters',
  () => '/v1/operations',
  () => '/v1/notifications',
  () => '/v1/dead-letters?service=ticket',
  () => '/v1/directory/agents',
  ({ child }) => `/v1/tickets/${child}/comments`,
  ({ child }) => `/v1/tickets/${child}/audit`,
  ({ master }) => `/v1/masters/${master}/children`,
  ({ operation }) => `/v1/operations/${operation}/items`,
  ({ operation }) => `/v1/operations/${operation}/record`,
  () => '/v1/webhooks',
  () => '/v1/suppressions',
  () => '/v1/inbox',
]
