import { type Api, collect } from '../api.ts'
import { apiFor, type Command, type Invocation } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { namesOf } from '../names.ts'
import { checkRecord, type RecordEntryJson } from '../record/check-record.ts'
import { deedsIn, deedText } from '../record/deeds.ts'
import type { OperationJson } from '../shapes.ts'
import { findOperation } from './find-operation.ts'

/** `umbel record show|verify N`: the record as REST tells it. */
export const record: Command = {
  usage: [
    'record show N                  who planned, approved, started, paused … it, and when',
    'record verify N                exits 1 and names each entry that is not as it was written',
  ],
  options: {},
  run: async (invocation) => {
    const [verb, name, ...more] = invocation.words
    if (name === undefined || more.length > 0) throw new UsageError('umbel record show|verify N')
    if (verb !== 'show' && verb !== 'verify')
      throw new UsageError(`a record is not told to ${verb}; it takes show, verify`)
    const api = apiFor(invocation)
    const operation = await findOperation(api, name)
    return verb === 'show' ? show(api, operation, invocation) : verify(api, operation, invocation)
  },
}

const path = (operation: string, part = '') => `/v1/operations/${operation}${part}`

async function show(api: Api, operation: string, { output }: Invocation): Promise<ExitCode> {
  const deeds = deedsIn(await collect(api.all<RecordEntryJson>(path(operation, '/record'))))
  const nameOf = await namesOf(
    api,
    deeds.map(({ actorId }) => actorId),
  )
  output.result(deeds, () => deedText(deeds, nameOf))
  return exitCodes.ok
}

async function verify(api: Api, operation: string, { output }: Invocation): Promise<ExitCode> {
  const found = await check(api, operation)
  output.result({ operation, ...found }, () =>
    [
      `${found.entries} entries, ${found.leaves} leaves (${found.unreadable} not readable), ${found.faults.length} faults`,
      ...found.faults,
    ].join('\n'),
  )
  return found.faults.length === 0 && found.entries > 0 ? exitCodes.ok : exitCodes.failed
}

/** The operation first: what is recorded meanwhile is no fault. */
async function check(api: Api, operation: string) {
  const { state } = await api.get<OperationJson>(path(operation))
  const recorded = state === 'expired' ? 'planned' : state // a plan expires by the clock; nobody does anything
  return checkRecord(await collect(api.all<RecordEntryJson>(path(operation, '/record'))), recorded)
}
