import { setTimeout as pause } from 'node:timers/promises'
import type { Api } from '../api.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import type { Output } from '../output.ts'
import type { OperationJson, ProgressJson } from '../shapes.ts'

const POLL_MS = 250
const ENDED = new Set(['finished', 'cancelled', 'expired'])

/** Follows an operation until it has ended and each of its notifications has: a bar on a terminal, JSON lines off it. */
export async function watch(api: Api, id: string, output: Output): Promise<ExitCode> {
  const bar = output.progress('children')
  let last = ''
  for (;;) {
    const operation = await api.get<OperationJson>(`/v1/operations/${id}`)
    const { progress } = operation
    bar.update(progress.total - progress.pending, progress.total)
    const line = JSON.stringify({ id, state: operation.state, ...progress })
    if (!output.live && line !== last) output.line(line)
    last = line
    if (isOver(operation)) {
      bar.end()
      if (output.live) output.result(operation, () => operationLine(operation))
      return progress.failed + progress.sendFailed === 0 ? exitCodes.ok : exitCodes.failed
    }
    await pause(POLL_MS)
  }
}

const isOver = ({ state, progress }: OperationJson): boolean =>
  ENDED.has(state) && notified(progress) >= progress.notificationsOwed

const notified = (progress: ProgressJson): number =>
  progress.sent +
  progress.notSentSkipped +
  progress.withheld +
  progress.suppressed +
  progress.sendFailed +
  progress.unknown

/** The whole truth on one line: what was applied and what was sent, apart; only what occurred. */
export function operationLine({ id, kind, state, progress }: OperationJson): string {
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
  return `${id} ${kind} ${state}: ${parts.length === 0 ? 'nothing yet' : parts.join(', ')}`
}

const part = (count: number, word: string): string => (count === 0 ? '' : `${count} ${word}`)
