import { newId } from '@umbel/kernel/ids'
import { type BadInput, bad } from './bad-case.ts'
import type { Belongings } from './belongings.ts'

const plan =
  (json: object) =>
  ({ master }: Belongings) => ({ method: 'POST', path: `/v1/masters/${master}/operations`, json })
const broadcast = (text: string) => plan({ kind: 'broadcast', text })
const step =
  (verb: string, json?: object) =>
  ({ operation }: Belongings) => ({ method: 'POST', path: `/v1/operations/${operation}/${verb}`, json })

/** Plans that are refused, by what they are answered. */
export const badPlans: readonly BadInput[] = [
  bad('a hold of a week', plan({ kind: 'close', holdSeconds: 604_800 })),
  bad('a kind nobody knows', plan({ kind: 'explode' })),
  bad('a sync by hand', plan({ kind: 'sync' })),
  bad('an undo of nothing', plan({ kind: 'undo' })),
  bad('no child at all', plan({ kind: 'close', target: { ids: [] } }), 400, 'target-empty'),
  bad(
    '100,001 children',
    plan({ kind: 'close', target: { ids: Array.from({ length: 100_001 }, () => newId()) } }),
    400,
    'target-too-large',
  ),
  bad('a filter of nothing', plan({ kind: 'close', target: { filter: {} } })),
  bad('a text of 1 MB', broadcast('x'.repeat(1024 * 1024)), 400, 'text-too-long'),
  bad('a broadcast of spaces', broadcast(' \n '), 400, 'text-missing'),
  bad('NUL in a broadcast', broadcast('x\u0000y'), 400, 'control-character'),
  bad('an escape sequence in a broadcast', broadcast('\u001b[2J'), 400, 'control-character'),
  bad('a right-to-left override in a broadcast', broadcast('invoice\u202efdp.exe'), 400, 'bidi-override'),
  bad('a variable that is not closed', broadcast('Hello {{requester.first_name'), 400, 'template-malformed'),
  bad('a variable nobody knows', broadcast('Hello {{requester.shoe_size}}'), 400, 'variable-unknown'),
  bad('a start without a plan', plan({ kind: 'broadcast', text: 'Hello.', start: true }), 422, 'plan-first'),
  bad(
    'a master that is a child',
    ({ child }) => plan({ kind: 'close' })({ master: child } as Belongings),
    404,
    'not-found',
  ),
]

/** Steps that an operation which was only planned cannot take. */
export const badSteps: readonly BadInput[] = [
  bad('a start by another hash', step('start', { planHash: 'a'.repeat(64), confirm: 2 }), 422, 'plan-changed'),
  bad('a start by no hash', step('start', {})),
  bad('an approval of another hash', step('approve', { planHash: 'a'.repeat(64) }), 422, 'plan-changed'),
  bad('a pause before the start', step('pause'), 422, 'operation-not-started'),
  bad('a resume before the start', step('resume'), 422, 'operation-not-started'),
  bad('an undo of a broadcast', step('undo'), 422, 'not-undoable'),
  bad('a retry before the start', step('retry-failed'), 422, 'operation-not-started'),
  bad('a rate below nothing', step('rate', { childrenPerMinute: -1 })),
  bad('a stream after a word', ({ operation }) => stream(`/v1/operations/${operation}`, 'last')),
  bad('a stream after less than nothing', ({ master }) => stream(`/v1/masters/${master}`, '-1')),
]

const stream = (path: string, after: string) => ({
  method: 'GET',
  path: `${path}/stream`,
  headers: { 'last-event-id': after },
})

const put = (path: string, json: object) => () => ({ method: 'PUT', path, json })
const post = (path: string, json: object) => () => ({ method: 'POST', path, json })

/** What a workspace says about itself, said wrongly. */
export const badSettings: readonly BadInput[] = [
  bad('results kept for ever', put('/v1/settings/operations', { approvalFrom: 0, retentionDays: 0 })),
  bad('half of the settings', put('/v1/settings/operations', { approvalFrom: 5 })),
  bad('a webhook inside the house', post('/v1/webhooks', { url: 'https://127.0.0.1/x' }), 400, 'webhook-url-refused'),
  bad('a webhook that is no address', post('/v1/webhooks', { url: 'javascript:alert(1)' }), 400, 'webhook-url-refused'),
  bad(
    'a webhook for what nobody says',
    post('/v1/webhooks', { url: 'https://hooks.example/x', types: ['ticket.exploded'] }),
    400,
    'webhook-type-unknown',
  ),
  bad(
    'a webhook signed in a way nobody knows',
    post('/v1/webhooks', { url: 'https://hooks.example/x', signature: 'rsa' }),
    400,
    'webhook-signature-unknown',
  ),
  bad(
    'a locale of a whole sentence',
    post('/v1/directory/requesters', { name: 'x', locale: 'as they speak in Vienna' }),
  ),
]
