import { refused } from '@umbel/kernel'
import type { Api } from '../api.ts'
import { type Invocation, text } from '../command.ts'
import { type ExitCode, UsageError } from '../exit.ts'
import { wholeNumber } from '../parse.ts'
import type { MasterJson, OperationJson, PlanJson } from '../shapes.ts'
import { tell } from './operation-watch.ts'
import { kindOf, planBody, type Verb, wordsOf } from './plan-body.ts'
import { printPlan } from './print-plan.ts'

export interface Asked {
  readonly number: string
  readonly verb: Verb
  /** What the verb takes itself, such as a status. */
  readonly value: string | undefined
}

/** Plans and prints; with `--start` it also starts where that is allowed, with `--plan HASH` it starts that very plan. */
export async function planOrStart(api: Api, asked: Asked, invocation: Invocation): Promise<ExitCode> {
  const path = `/v1/masters/${encodeURIComponent(asked.number)}`
  const hash = text(invocation.given, 'plan')
  if (hash !== undefined) return startPlanned(api, path, asked.verb, hash, invocation)
  const { given, output } = invocation
  const start = given.start === true
  if (given.watch === true && !start) throw new UsageError('a plan is not watched: add --start, or start it and watch')
  const body = await planBody(asked.verb, asked.value, invocation)
  const planned = await api.send<PlanJson>('POST', `${path}/operations`, start ? { ...body, start } : body)
  return start ? tell(api, planned.operation, invocation) : printPlan(api, planned, output)
}

async function startPlanned(api: Api, path: string, verb: Verb, hash: string, invocation: Invocation) {
  const { given } = invocation
  const planned = await findPlan(api, path, kindOf(verb), hash)
  const hold = wholeNumber('hold', text(given, 'hold'))
  if (hold !== undefined && hold !== planned.holdSeconds)
    throw refused('plan-differs', `this plan holds ${planned.holdSeconds} s; plan again with --hold ${hold}`)
  const words = await wordsOf(invocation)
  if (words !== undefined && words !== planned.text)
    throw refused('plan-differs', 'the text is not that of this plan; plan again')
  return start(api, planned.id, hash, invocation)
}

/** Starts a plan by its hash, and by its number of children where one is given. */
export async function start(api: Api, id: string, planHash: string, invocation: Invocation): Promise<ExitCode> {
  const confirm = wholeNumber('confirm', text(invocation.given, 'confirm'))
  const started = await api.send<OperationJson>('POST', `/v1/operations/${id}/start`, {
    planHash,
    ...(confirm === undefined ? {} : { confirm }),
  })
  return tell(api, started, invocation)
}

async function findPlan(api: Api, path: string, kind: string, hash: string): Promise<OperationJson> {
  const { id } = await api.get<MasterJson>(path)
  for await (const operation of api.all<OperationJson>(`/v1/masters/${id}/operations`))
    if (operation.planHash === hash && operation.kind === kind) return operation
  throw refused('plan-unknown', `this master has no ${kind} planned with the hash ${hash}`)
}
