import { collect } from '../api.ts'
import { apiFor, type Command, noWords, text } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { table } from '../output.ts'
import type { OperationJson } from '../shapes.ts'

/** `umbel operations [--master N]` */
export const operations: Command = {
  usage: ['operations [--master N]'],
  options: { master: { type: 'string' } },
  run: async (invocation) => {
    noWords(invocation, 'operations')
    const master = text(invocation.given, 'master')
    const found = await collect(apiFor(invocation).all<OperationJson>('/v1/operations', { master }))
    invocation.output.result(found, () =>
      table(
        ['id', 'kind', 'state', 'total', 'applied', 'skipped', 'failed', 'sent', 'planned'],
        found.map(({ id, kind, state, progress, plannedAt }) => [
          id,
          kind,
          state,
          progress.total,
          progress.applied,
          progress.skipped,
          progress.failed,
          progress.sent,
          plannedAt,
        ]),
      ),
    )
    return exitCodes.ok
  },
}
