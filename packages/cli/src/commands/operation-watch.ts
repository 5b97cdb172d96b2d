import type { Api } from '../api.ts'
import type { Invocation } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { type NameOf, namesOf } from '../names.ts'
import type { Output } from '../output.ts'
import type { OperationJson } from '../shapes.ts'

/**
 * Follows an operation, change by change, until it has ended and each of its notifications has: a bar on a terminal,
 * JSON lines off it.
 */
export async function watch(api: Api, id: string, output: Output): Promise<ExitCode> {
  const bar = output.progress('children')
  let last: OperationJson | undefined
  for await (const { data } of api.events(`/v1/operations/${id}/stream`)) {
    last = JSON.parse(data) as OperationJson
    const { state, progress, progressVersion: version } = last
    bar.update(progress.total - progress.pending, progress.total)
    if (!output.live) output.line(JSON.stringify({ id, version, state, ...progress }))
  }
  bar.end()
  const ended = last ?? (await api.get<OperationJson>(`/v1/operations/${id}`))
  const line = await lineOf(api, ended)
  if (output.live) output.result(ended, () => line)
  return ended.progress.failed + ended.progress.sendFailed === 0 ? exitCodes.ok : exitCodes.failed
}

/** An operation that was told something: its line, or all of its way. */
export async function tell(api: Api, told: OperationJson, { given, output }: Invocation): Promise<ExitCode> {
  if (given.watch === true) return watch(api, told.id, output)
  const line = await lineOf(api, told)
  output.result(told, () => line)
  return exitCodes.ok
}

const lineOf = async (api: Api, operation: OperationJson): Promise<string> =>
  operationLine(operation, await namesOf(api, operation.state === 'planned' ? [operation.approvedBy] : []))

/** The whole truth on one line: what was applied and what was sent, apart; only what occurred. */
export function operationLine(operation: OperationJson, nameOf: NameOf): string {
  const { id, kind, state, progress } = operation
  const parts = [
    part(progress.applied, 'applied'),
    part(progress.skipped, 'skipped'),
    part(progress.failed, 'failed'),
    part(progress.cancelled, 'cancelled'),
    part(progress.pending, 'to go'),
    part(progress.sent, 'sent'),
    part(progress.notSentSkipped, 'not sent'),
    part(progress.withheld, 'withheld'),
    part(progress.suppressed, 'suppressed'),
    part(progress.sendFailed, 'failed to send'),
    part(progress.unknown, 'unknown'),
  ].filter((text) => text !== '')
  const standing = `${state}${standingOf(operation, nameOf)}`
  return `${id} ${kind} ${standing}: ${parts.length === 0 ? 'nothing yet' : parts.join(', ')}`
}

/** What its state waits for, and at which pace it goes. */
function standingOf(operation: OperationJson, nameOf: NameOf): string {
  const { state, queuePosition, pauseReason, holdEndsAt, needsApproval, approvedBy, rate } = operation
  return [
    queuePosition === null ? '' : ` (number ${queuePosition} in the queue)`,
    pauseReason === null ? '' : ` (${pauseReason})`,
    state === 'holding' && holdEndsAt !== null ? ` until ${holdEndsAt}` : '',
    state === 'planned' && approvedBy !== null ? `, approved by ${nameOf(approvedBy)}` : '',
    state === 'planned' && approvedBy === null && needsApproval ? ', awaiting approval' : '',
    rate === 0 ? '' : `, ${rate} a minute`,
  ].join('')
}

const part = (count: number, word: string): string => (count === 0 ? '' : `${count} ${word}`)
