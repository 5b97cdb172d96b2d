import type { Api } from '../api.ts'
import { type Output, table } from '../output.ts'
import { compare, type Difference, totals } from '../verify/compare.ts'
import { expectedOf } from '../verify/expected.ts'
import { foundOf } from '../verify/found.ts'

export interface VerifyOptions {
  readonly file: string
  readonly slug: string
  readonly until: Date | undefined
  readonly api: Api
  readonly output: Output
}

/** Reads the log and REST, and nothing else; prints and counts what differs. Shares no code with the importer. */
export async function verifyIncidentLog({ file, slug, until, api, output }: VerifyOptions): Promise<number> {
  const progress = output.progress('audits read')
  const expected = await expectedOf(file, until)
  const found = await foundOf(api, `/incident-log/${slug}`, progress)
  progress.end()
  const differences = compare(expected, found)
  const sums = {
    expected: totals(expected.tickets, expected.masters.size),
    found: totals(found.tickets, found.masters.size),
  }
  output.result({ differences, totals: sums }, () => report(differences, sums))
  return differences.length
}

type Totals = Readonly<Record<string, number>>

function report(differences: readonly Difference[], sums: { readonly expected: Totals; readonly found: Totals }) {
  const names = [...new Set([...Object.keys(sums.expected), ...Object.keys(sums.found)])]
  const rows = names.map((name) => [name, sums.expected[name] ?? 0, sums.found[name] ?? 0])
  const lines = differences.map(
    ({ ticket, field, expected, found }) => `${ticket} ${field}: expected ${expected}, found ${found}`,
  )
  const verdict = differences.length === 0 ? 'no difference' : `${differences.length} differences`
  return [table(['', 'log', 'Umbel'], rows), '', ...lines, verdict].join('\n')
}
