import { collect } from '../api.ts'
import { apiFor, type Command, type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { table } from '../output.ts'
import type { DeadLetterJson } from '../shapes.ts'

const SERVICES = ['ticket', 'linking', 'notification', 'operation']

/** `umbel dlq list|show|replay|discard` */
export const dlq: Command = {
  usage: [
    'dlq list [--service ticket|linking|notification|operation] [--state waiting|replayed|discarded]',
    'dlq show|replay|discard ID --service SERVICE',
    'dlq replay --all --service SERVICE',
  ],
  options: { service: { type: 'string' }, state: { type: 'string' }, all: { type: 'boolean' } },
  run: async (invocation) => {
    const [verb, id, ...more] = invocation.words
    if (more.length > 0) throw new UsageError('umbel dlq list|show|replay|discard [ID]')
    if (verb === 'list' && id === undefined) return list(invocation)
    if (verb === 'replay' && id === undefined && invocation.given.all === true) return replayAll(invocation)
    if (id === undefined) throw new UsageError('umbel dlq show|replay|discard ID --service SERVICE')
    if (verb === 'show') return show(invocation, id)
    if (verb === 'replay' || verb === 'discard') return act(invocation, id, verb)
    throw new UsageError(`dead letters are not told to ${verb ?? 'nothing'}`)
  },
}

function serviceOf({ given }: Invocation): string {
  const service = text(given, 'service')
  if (service !== undefined && SERVICES.includes(service)) return service
  throw new UsageError(`--service takes one of ${SERVICES.join(', ')}`)
}

async function list(invocation: Invocation): Promise<ExitCode> {
  const asked = text(invocation.given, 'service') === undefined ? SERVICES : [serviceOf(invocation)]
  const api = apiFor(invocation)
  const state = text(invocation.given, 'state')
  const found: DeadLetterJson[] = []
  for (const service of asked)
    for await (const letter of api.all<DeadLetterJson>('/v1/dead-letters', { service, state })) found.push(letter)
  invocation.output.result(found, () =>
    table(
      ['service', 'id', 'reason', 'handler', 'topic', 'offset', 'died'],
      found.map((letter) => [
        letter.service,
        letter.id,
        letter.reason,
        letter.handler,
        letter.topic,
        `${letter.partition}:${letter.offset}`,
        letter.diedAt,
      ]),
    ),
  )
  return exitCodes.ok
}

async function show(invocation: Invocation, id: string): Promise<ExitCode> {
  const letter = await apiFor(invocation).get<DeadLetterJson>(`/v1/dead-letters/${encodeURIComponent(id)}`, {
    service: serviceOf(invocation),
  })
  invocation.output.result(letter, () => whole(letter))
  return exitCodes.ok
}

function whole(letter: DeadLetterJson): string {
  const headers = Object.entries(letter.headers).map(([name, value]) => `  ${name}: ${value}`)
  return [
    `${letter.service} ${letter.id} ${letter.state}`,
    `${letter.reason}: ${letter.detail}`,
    `${letter.handler} <- ${letter.topic} ${letter.partition}:${letter.offset}, key ${letter.key}`,
    ...headers,
    letter.value ?? '',
  ].join('\n')
}

async function act(invocation: Invocation, id: string, verb: 'replay' | 'discard'): Promise<ExitCode> {
  const path = `/v1/dead-letters/${encodeURIComponent(id)}/${verb}?service=${serviceOf(invocation)}`
  const letter = await apiFor(invocation).send<DeadLetterJson>('POST', path)
  invocation.output.result(letter, () => `${letter.id} ${letter.state}`)
  return exitCodes.ok
}

// oldest first, one after the other: so that letters of one key keep their order
async function replayAll(invocation: Invocation): Promise<ExitCode> {
  const api = apiFor(invocation)
  const service = serviceOf(invocation)
  const waiting = await collect(api.all<DeadLetterJson>('/v1/dead-letters', { service, state: 'waiting' }))
  const oldestFirst = waiting.toSorted((left, right) => (left.diedAt ?? '').localeCompare(right.diedAt ?? ''))
  for (const { id } of oldestFirst) await api.send('POST', `/v1/dead-letters/${id}/replay?service=${service}`)
  invocation.output.result({ replayed: oldestFirst.length }, () => `${oldestFirst.length} replayed`)
  return exitCodes.ok
}
