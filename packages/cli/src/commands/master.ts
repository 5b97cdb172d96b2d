import { type Api, collect } from '../api.ts'
import { apiFor, type Command, type Invocation } from '../command.ts'
import { type ExitCode, exitCodes, UsageError } from '../exit.ts'
import { table } from '../output.ts'
import type { ChildJson, MasterJson } from '../shapes.ts'
import { planOrStart } from './master-operate.ts'
import { isVerb, planOptions, verbs } from './plan-body.ts'

/** `umbel master N` and what is done over its children. */
export const master: Command = {
  usage: [
    'master N',
    'master N broadcast|note --file FILE|--text TEXT [--variants de=FILE,fr=FILE]',
    'master N close [--file FILE] [--include-replied] [--confirm-days DAYS]',
    'master N set-status STATUS · set-priority PRIORITY · catch-up last|all',
    'master N assign [--assignee ID|none] [--group ID|none] · labels [--add A,B] [--remove C]',
    '    each prints the plan, and over which children: all of them, or',
    '    --ids A,B | --status S,T --label L --customer ID --project ID --sla ok|at_risk|breached',
    '    [--hold SECONDS] [--rate CHILDREN_PER_MINUTE] [--override REASON]',
    '    --start starts it at once where that is allowed; --watch follows it',
    'master N VERB --plan HASH [--confirm COUNT] [--watch]                            runs it',
  ],
  options: {
    ...planOptions,
    start: { type: 'boolean' },
    plan: { type: 'string' },
    confirm: { type: 'string' },
    watch: { type: 'boolean' },
  },
  run: async (invocation) => {
    const [number, verb, value, ...more] = invocation.words
    if (number === undefined || number === '' || more.length > 0) throw new UsageError('umbel master N [VERB]')
    const api = apiFor(invocation)
    if (verb === undefined) return show(api, number, invocation)
    if (isVerb(verb)) return planOrStart(api, { number, verb, value }, invocation)
    throw new UsageError(`a master is not told to ${verb}; it takes ${verbs.join(', ')}`)
  },
}

async function show(api: Api, number: string, { output }: Invocation): Promise<ExitCode> {
  const path = `/v1/masters/${encodeURIComponent(number)}`
  const found = await api.get<MasterJson>(path)
  const children = await collect(api.all<ChildJson>(`${path}/children`))
  output.result({ ...found, children }, () => `${headline(found)}\n\n${childTable(children)}`)
  return exitCodes.ok
}

function headline({ number, subject, status, rollup }: MasterJson): string {
  const { total, open, closed } = rollup.children
  return [
    `#${number} ${subject} (${status})`,
    `${total} children, ${open} open, ${closed} closed, of ${rollup.customers} customers and ${rollup.projects} projects`,
    ...(rollup.hidden === 0 ? [] : [`${rollup.hidden} hidden`]),
    ...(rollup.latestReply === null ? [] : [`latest reply ${rollup.latestReply.occurredAt ?? ''}`]),
  ].join('\n')
}

const childTable = (children: readonly ChildJson[]): string =>
  table(
    ['number', 'subject', 'status', 'purpose', 'link'],
    children.map(({ ticket, purpose, primary }) => [
      ticket?.number ?? null,
      ticket?.subject ?? null,
      ticket?.status ?? null,
      purpose,
      primary ? 'primary' : 'contributing',
    ]),
  )
