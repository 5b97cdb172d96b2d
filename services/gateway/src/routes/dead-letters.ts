import type { DeadLetter } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { workspaceIdOf } from '@umbel/kernel/ids'
import { z } from 'zod'
import { type Context, type Route, route } from '../http/route.ts'
import { deadLetterOwners } from '../peers.ts'
import { id, instant, iso, nextCursor, noBody, pageOf, pageRequest, paging, reply } from '../shapes/common.ts'

const tag = 'dead letters'
const access = 'agent-or-operator'
const service = z.enum(deadLetterOwners)
const where = {
  service,
  workspace: z.string().max(63).optional().describe('a slug; operators name one, agents have one'),
}
const one = z.object({ id })
const query = z.strictObject(where)

const deadLetterShape = z.object({
  id,
  service,
  handler: z.string(),
  reason: z.string(),
  detail: z.string(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  key: z.string(),
  headers: z.record(z.string(), z.string()),
  value: z.string().nullable().describe('base64; null in lists'),
  state: z.string().describe('waiting, replayed or discarded'),
  diedAt: instant.nullable(),
})

const toDeadLetter =
  (owner: z.output<typeof service>, whole: boolean) =>
  (letter: DeadLetter): z.output<typeof deadLetterShape> => ({
    id: letter.id,
    service: owner,
    handler: letter.handler,
    reason: letter.reason,
    detail: letter.detail,
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    key: letter.key,
    headers: letter.headers,
    value: whole ? Buffer.from(letter.value).toString('base64') : null,
    state: letter.state,
    diedAt: iso(letter.diedAt),
  })

function workspaceOf(context: Context, slug: string | undefined): string {
  if (context.workspaceId !== '') return context.workspaceId
  if (slug === undefined) throw invalid('invalid-field', 'an operator names the workspace', { field: 'workspace' })
  return workspaceIdOf(slug)
}

const list = route({
  method: 'get',
  path: '/v1/dead-letters',
  summary: 'What a service could not understand or do, with the reason',
  tag,
  access,
  query: z.strictObject({ ...paging, ...where, state: z.enum(['waiting', 'replayed', 'discarded']).optional() }),
  answer: pageOf(deadLetterShape),
  handle: async ({ query: asked }, context) => {
    const { deadLetters, nextPageToken } = await context.peers.deadLetters[asked.service].listDeadLetters(
      { workspaceId: workspaceOf(context, asked.workspace), state: asked.state ?? '', ...pageRequest(asked) },
      context.call,
    )
    const items = deadLetters.map(toDeadLetter(asked.service, false))
    return reply({ items, nextCursor: nextCursor(nextPageToken) })
  },
})

type Verb = 'getDeadLetter' | 'replayDeadLetter' | 'discardDeadLetter'

async function act(verb: Verb, letterId: string, asked: z.output<typeof query>, context: Context) {
  const owner = context.peers.deadLetters[asked.service]
  const workspaceId = workspaceOf(context, asked.workspace)
  const { deadLetter } = await owner[verb]({ workspaceId, id: letterId }, context.call)
  if (deadLetter === undefined) throw new TypeError(`${asked.service} answered without a dead letter`)
  return reply(toDeadLetter(asked.service, true)(deadLetter))
}

const get = route({
  method: 'get',
  path: '/v1/dead-letters/{id}',
  summary: 'One dead letter, whole',
  tag,
  access,
  params: one,
  query,
  answer: deadLetterShape,
  handle: ({ params, query: asked }, context) => act('getDeadLetter', params.id, asked, context),
})

const replay = route({
  method: 'post',
  path: '/v1/dead-letters/{id}/replay',
  summary: 'Handle it again, in the order of its key',
  keyed: false,
  tag,
  access,
  params: one,
  query,
  body: noBody,
  answer: deadLetterShape,
  handle: ({ params, query: asked }, context) => act('replayDeadLetter', params.id, asked, context),
})

const discard = route({
  method: 'post',
  path: '/v1/dead-letters/{id}/discard',
  summary: 'Give it up; the record of it stays',
  keyed: false,
  tag,
  access,
  params: one,
  query,
  body: noBody,
  answer: deadLetterShape,
  handle: ({ params, query: asked }, context) => act('discardDeadLetter', params.id, asked, context),
})

export const deadLetterRoutes: readonly Route[] = [list, get, replay, discard]
