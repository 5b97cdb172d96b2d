import { readFile } from 'node:fs/promises'
import { refused } from '@umbel/kernel'
import type { Api } from '../api.ts'
import { type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { table } from '../output.ts'
import { wholeNumber } from '../parse.ts'
import type { MasterJson, OperationJson, PlanJson } from '../shapes.ts'
import { operationLine, watch } from './operation-watch.ts'

type Kind = 'broadcast' | 'close'

/** Without `--plan` it plans and prints; with it, it starts the plan that has this hash. */
export async function planOrStart(api: Api, number: string, kind: Kind, invocation: Invocation): Promise<ExitCode> {
  const hash = text(invocation.given, 'plan')
  const path = `/v1/masters/${encodeURIComponent(number)}`
  return hash === undefined ? plan(api, path, number, kind, invocation) : start(api, path, kind, hash, invocation)
}

async function plan(api: Api, path: string, number: string, kind: Kind, { given, output }: Invocation) {
  const hold = wholeNumber('hold', text(given, 'hold'))
  const words = await wordsOf(text(given, 'file'))
  if (kind === 'broadcast' && words === undefined) throw new UsageError('a broadcast needs its text: --file FILE')
  const planned = await api.send<PlanJson>('POST', `${path}/operations`, {
    kind,
    target: target(text(given, 'ids'), text(given, 'status')),
    ...(words === undefined ? {} : { text: words }),
    ...(hold === undefined ? {} : { holdSeconds: hold }),
  })
  output.result(planned, () => planText(planned, number, kind))
  return exitCodes.ok
}

function target(ids: string | undefined, status: string | undefined) {
  if (ids !== undefined && status !== undefined) throw new UsageError('give either --ids or --status')
  if (ids !== undefined) return { ids: ids.split(',') }
  return status === undefined ? 'all' : { filter: { status: status.split(',') } }
}

async function wordsOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

function planText({ operation, applying, skipping, hidden, items }: PlanJson, number: string, kind: Kind): string {
  const rows = items.map((item) => [`#${item.ticketNumber}`, item.before, item.after, item.reason])
  return [
    table(['ticket', 'before', 'after', 'skipped because'], rows),
    '',
    `${kind} over ${applying} children, ${skipping} skipped, ${hidden} hidden; hold ${operation.holdSeconds} s`,
    `plan ${operation.planHash}`,
    `run it: umbel master ${number} ${kind} --plan ${operation.planHash} --confirm ${applying}`,
  ].join('\n')
}

async function start(api: Api, path: string, kind: Kind, hash: string, invocation: Invocation): Promise<ExitCode> {
  const { given, output } = invocation
  const confirm = wholeNumber('confirm', text(given, 'confirm'))
  const planned = await findPlan(api, path, kind, hash)
  const hold = wholeNumber('hold', text(given, 'hold'))
  if (hold !== undefined && hold !== planned.holdSeconds)
    throw refused('plan-differs', `this plan holds ${planned.holdSeconds} s; plan again with --hold ${hold}`)
  const words = await wordsOf(text(given, 'file'))
  if (words !== undefined && words !== planned.text)
    throw refused('plan-differs', 'the file is not the text of this plan; plan again')
  const started = await api.send<OperationJson>('POST', `/v1/operations/${planned.id}/start`, {
    planHash: hash,
    ...(confirm === undefined ? {} : { confirm }),
  })
  if (given.watch === true) return watch(api, started.id, output)
  output.result(started, () => operationLine(started))
  return exitCodes.ok
}

async function findPlan(api: Api, path: string, kind: Kind, hash: string): Promise<OperationJson> {
  const { id } = await api.get<MasterJson>(path)
  for await (const operation of api.all<OperationJson>(`/v1/masters/${id}/operations`))
    if (operation.planHash === hash && operation.kind === kind) return operation
  throw refused('plan-unknown', `this master has no ${kind} planned with the hash ${hash}`)
}
