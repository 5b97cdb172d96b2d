import type { Api, Page } from '../api.ts'
import { apiFor, type Command, type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { namesOf } from '../names.ts'
import { wholeNumber } from '../parse.ts'
import type { ItemJson, OperationJson, PlanJson } from '../shapes.ts'
import { findOperation } from './find-operation.ts'
import { start } from './master-operate.ts'
import { items } from './operation-items.ts'
import { operationText } from './operation-text.ts'
import { tell, watch } from './operation-watch.ts'
import { printPlan } from './print-plan.ts'

/** Judges the words of the line, and only then goes and acts. */
type Act = (invocation: Invocation, value: string | undefined) => (api: Api, id: string) => Promise<ExitCode>

/** `umbel operation N`, by its id or the beginning of it. */
export const operation: Command = {
  usage: [
    'operation N [show|watch]                                  --watch does the same as watch',
    'operation N plan                                          what it would do, or was to do, and what is read',
    'operation N approve --plan HASH                           as somebody else than who planned it',
    'operation N start --plan HASH [--confirm COUNT] [--watch]',
    'operation N pause|resume|cancel|retry-failed [--watch]',
    'operation N rate CHILDREN_PER_MINUTE                      0: as fast as it goes',
    'operation N undo                                          prints the plan of it',
    'operation N items [--state S] [--notification S] [--csv]',
  ],
  options: {
    watch: { type: 'boolean' },
    plan: { type: 'string' },
    confirm: { type: 'string' },
    state: { type: 'string' },
    notification: { type: 'string' },
    csv: { type: 'boolean' },
  },
  run: async (invocation) => {
    const [name, verb = 'show', value, ...more] = invocation.words
    if (name === undefined || more.length > 0) throw new UsageError('umbel operation N [VERB]')
    const act = acts.get(verb)
    if (act === undefined)
      throw new UsageError(`an operation is not told to ${verb}; it takes ${[...acts.keys()].join(', ')}`)
    if (value !== undefined && verb !== 'rate') throw new UsageError(`${verb} takes no ${value}`)
    const acting = act(invocation, value)
    const api = apiFor(invocation)
    return acting(api, await findOperation(api, name))
  },
}

const path = (id: string, verb = '') => `/v1/operations/${id}${verb === '' ? '' : `/${verb}`}`

const show: Act =
  ({ given, output }) =>
  async (api, id) => {
    if (given.watch === true) return watch(api, id, output)
    const found = await api.get<OperationJson>(path(id))
    const nameOf = await namesOf(api, [found.plannedBy, found.approvedBy, found.startedBy])
    output.result(found, () => operationText(found, nameOf))
    return exitCodes.ok
  }

/** A verb, with what its body says. */
const step = (verb: string, invocation: Invocation, body?: object) => async (api: Api, id: string) => {
  const answered = await api.send<OperationJson | { operation: OperationJson }>('POST', path(id, verb), body)
  return tell(api, 'operation' in answered ? answered.operation : answered, invocation)
}

const plain =
  (verb: string): Act =>
  (invocation) =>
    step(verb, invocation)

const approve: Act = (invocation) => step('approve', invocation, { planHash: hashOf(invocation) })

const rate: Act = (invocation, value) => {
  const childrenPerMinute = wholeNumber('rate', value)
  if (childrenPerMinute === undefined) throw new UsageError('umbel operation N rate CHILDREN_PER_MINUTE')
  return step('rate', invocation, { childrenPerMinute })
}

/** The plan as it was first told, but for previews, which are made while it is planned. */
const plan: Act =
  ({ output }) =>
  async (api, id) => {
    const found = await api.get<OperationJson>(path(id))
    const first = await api.get<Page<ItemJson>>(path(id, 'items'), { limit: 50 })
    const { applying, hidden, findings, progress } = found
    const skipping = progress.total - applying
    const told = { operation: found, applying, skipping, hidden, items: first.items, previews: [], findings }
    return printPlan(api, told, output)
  }

const undo: Act =
  ({ output }) =>
  async (api, id) => {
    const planned = await api.send<PlanJson>('POST', path(id, 'undo'))
    return printPlan(api, planned, output)
  }

const startPlan: Act = (invocation) => {
  const hash = hashOf(invocation)
  return (api, id) => start(api, id, hash, invocation)
}

function hashOf({ given }: Invocation): string {
  const hash = text(given, 'plan')
  if (hash === undefined) throw new UsageError('say which plan: --plan HASH')
  return hash
}

const acts: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['show', show],
  [
    'watch',
    ({ output }) =>
      (api, id) =>
        watch(api, id, output),
  ],
  ['plan', plan],
  ['approve', approve],
  ['start', startPlan],
  ...['pause', 'resume', 'cancel', 'retry-failed'].map((verb) => [verb, plain(verb)] as const),
  ['rate', rate],
  ['undo', undo],
  ['items', (invocation) => (api, id) => items(api, id, invocation)],
])
