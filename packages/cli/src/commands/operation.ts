import { refused } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type Api, collect } from '../api.ts'
import { apiFor, type Command } from '../command.ts'
import { exitCodes, UsageError } from '../exit.ts'
import type { OperationJson } from '../shapes.ts'
import { operationLine, watch } from './operation-watch.ts'

const VERBS = new Set(['pause', 'resume', 'cancel'])

/** `umbel operation N`, by its id or the beginning of it. */
export const operation: Command = {
  usage: ['operation N [--watch]', 'operation N pause|resume|cancel'],
  options: { watch: { type: 'boolean' } },
  run: async (invocation) => {
    const [name, verb, ...more] = invocation.words
    if (name === undefined || more.length > 0) throw new UsageError('umbel operation N [pause|resume|cancel]')
    if (verb !== undefined && !VERBS.has(verb)) throw new UsageError(`an operation is not told to ${verb}`)
    const { output, given } = invocation
    const api = apiFor(invocation)
    const id = isId(name) ? name : await byPrefix(api, name)
    if (given.watch === true) return watch(api, id, output)
    const found = await (verb === undefined ? api.get<OperationJson>(`/v1/operations/${id}`) : tell(api, id, verb))
    output.result(found, () => operationLine(found))
    return exitCodes.ok
  },
}

async function tell(api: Api, id: string, verb: string): Promise<OperationJson> {
  const answered = await api.send<OperationJson | { operation: OperationJson }>('POST', `/v1/operations/${id}/${verb}`)
  return 'operation' in answered ? answered.operation : answered
}

async function byPrefix(api: Api, prefix: string): Promise<string> {
  const all = await collect(api.all<OperationJson>('/v1/operations'))
  const [found, ...others] = all.filter(({ id }) => id.startsWith(prefix))
  if (found === undefined) throw refused('not-found', `no operation begins with ${prefix}`)
  if (others.length > 0) throw refused('ambiguous', `${others.length + 1} operations begin with ${prefix}`)
  return found.id
}
