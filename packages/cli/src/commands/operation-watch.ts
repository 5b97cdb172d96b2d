import type { Api } from '../api.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
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
  if (output.live) output.result(ended, () => operationLine(ended))
  return ended.progress.failed + ended.progress.sendFailed === 0 ? exitCodes.ok : exitCodes.failed
}

/** The whole truth on one line: what was applied and what was sent, apart; only what occurred. */
export function operationLine({ id, kind, state, progress, queuePosition, pauseReason }: OperationJson): string {
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
  const place = queuePosition === null ? '' : ` (number ${queuePosition} in the queue)`
  const why = pauseReason === null ? '' : ` (${pauseReason})`
  return `${id} ${kind} ${state}${place}${why}: ${parts.length === 0 ? 'nothing yet' : parts.join(', ')}`
}

const part = (count: number, word: string): string => (count === 0 ? '' : `${count} ${word}`)
