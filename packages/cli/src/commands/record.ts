import { type Api, collect } from '../api.ts'
import { apiFor, type Command } from '../command.ts'
import { exitCodes, UsageError } from '../exit.ts'
import { checkRecord, type RecordEntryJson } from '../record/check-record.ts'
import type { OperationJson } from '../shapes.ts'

/** `umbel record verify OPERATION`: the record as REST tells it, every hash computed anew. */
export const record: Command = {
  usage: ['record verify OPERATION        exits 1 and names each entry that is not as it was written'],
  options: {},
  run: async (invocation) => {
    const [verb, operation, ...more] = invocation.words
    if (verb !== 'verify' || operation === undefined || more.length > 0)
      throw new UsageError('umbel record verify OPERATION')
    const found = await check(apiFor(invocation), `/v1/operations/${encodeURIComponent(operation)}`)
    invocation.output.result({ operation, ...found }, () =>
      [
        `${found.entries} entries, ${found.leaves} leaves (${found.unreadable} not readable), ${found.faults.length} faults`,
        ...found.faults,
      ].join('\n'),
    )
    return found.faults.length === 0 && found.entries > 0 ? exitCodes.ok : exitCodes.failed
  },
}

/** The operation first: what is recorded meanwhile is no fault. */
async function check(api: Api, path: string) {
  const { state } = await api.get<OperationJson>(path)
  const recorded = state === 'expired' ? 'planned' : state // a plan expires by the clock; nobody does anything
  return checkRecord(await collect(api.all<RecordEntryJson>(`${path}/record`)), recorded)
}
