import { collect } from '../api.ts'
import { apiFor, type Command, noWords } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { table } from '../output.ts'
import type { MasterJson } from '../shapes.ts'

/** `umbel masters` */
export const masters: Command = {
  usage: ['masters'],
  options: {},
  run: async (invocation) => {
    noWords(invocation, 'masters')
    const found = await collect(apiFor(invocation).all<MasterJson>('/v1/masters'))
    invocation.output.result(found.map(brief), () => masterTable(found))
    return exitCodes.ok
  },
}

const brief = ({ id, number, subject, external, rollup }: MasterJson) => ({ id, number, subject, external, rollup })

function masterTable(found: readonly MasterJson[]): string {
  const rows = found.map(({ number, subject, status, rollup }) => [
    number,
    subject,
    status,
    rollup.children.total,
    rollup.children.open,
    rollup.children.closed,
    rollup.customers,
    rollup.projects,
  ])
  return table(['number', 'subject', 'status', 'children', 'open', 'closed', 'customers', 'projects'], rows)
}
