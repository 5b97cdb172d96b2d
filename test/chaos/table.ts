import { readFile, writeFile } from 'node:fs/promises'
import type { Artefact, RunFigures } from './artefact.ts'
import { counters } from './check/finding.ts'

const DATA = new URL('../../docs/running/reliability.json', import.meta.url)
const PAGE = new URL('../../docs/running/reliability.md', import.meta.url)

/** What the page is made of, as the runs left it. */
export interface TableData {
  readonly made: readonly { readonly commit: string; readonly command: string; readonly runs: number }[]
  readonly runs: readonly RunFigures[]
}

/** Makes the docs' page from artefacts; there is no other way to change a number in it. */
export async function writeTable(artefacts: readonly Artefact[]): Promise<void> {
  const data: TableData = {
    made: artefacts.map(({ commit, command, results }) => ({
      commit,
      command: command.replace(/ --out \S+/, ''), // where one machine put its files is nobody's business
      runs: results.length,
    })),
    runs: artefacts.flatMap(({ results }) => results.map(figuresOf)),
  }
  await writeFile(DATA, `${JSON.stringify(data)}\n`)
  await writeFile(PAGE, pageOf(data))
}

export const readTable = async (): Promise<{ readonly data: TableData; readonly page: string }> => ({
  data: JSON.parse(await readFile(DATA, 'utf8')),
  page: await readFile(PAGE, 'utf8'),
})

function figuresOf({ verdict: { findings, ...verdict }, ...run }: Artefact['results'][number]): RunFigures {
  return { ...run, verdict, findings: findings.length }
}

/** The page, word for word. */
export function pageOf({ made, runs }: TableData): string {
  const counted = countedOf(runs)
  const groups = [...Map.groupBy(counted, ({ fault }) => familyOf(fault))].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${HEAD}
${made.map(({ commit, command, runs: count }) => `- \`${command}\` at ${commit}: ${count} runs`).join('\n')}

${row(COLUMNS)}
${row(COLUMNS.map((_, at) => (at === 0 ? '---' : '---:')))}
${groups.map(([name, group]) => rowOf(name, group)).join('\n')}
${rowOf('**all**', counted)}
${missed(runs)}`
}

const HEAD = `# The reliability table

Made by \`npm run chaos -- --table\` from what its runs wrote down; never edited by hand (a test makes it again from
\`reliability.json\`). How to read it, and what each column is held against: [test/chaos](../../test/chaos/README.md).

Everything runs on one host: Postgres with fsync on, one Kafka broker, Temporal's development server, each service as its
own process. *Unknown* are mails of which nobody can say whether they came once or twice, because a process or a connection
died between the server's acceptance and our record of it; they say so in their outcome and carry one Message-ID. The
bound is the upper end of the 95 % interval for a broken promise per operation when none was seen: 3 / N.
`

const COLUMNS = [
  'fault',
  'runs',
  'operations',
  'acknowledged',
  'lost',
  'doubled',
  'foreign tokens',
  'order breaks',
  'changes after pause',
  'mails after pause',
  'unknown',
  'recovery p50 / max',
  'bound (95 %)',
]

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

function rowOf(name: string, runs: readonly RunFigures[]): string {
  const sum = (of: (run: RunFigures) => number) => runs.reduce((all, run) => all + of(run), 0)
  const operations = sum(({ verdict }) => verdict.operations)
  const seconds = runs.map(({ recoveredS }) => recoveredS).toSorted((a, b) => a - b)
  const middle = seconds[Math.floor(seconds.length / 2)] ?? 0
  const broken = counters.map((counter) => sum(({ verdict }) => verdict[counter]))
  return row([
    name,
    String(runs.length),
    String(operations),
    String(sum(({ verdict }) => verdict.acknowledged)),
    ...broken.map(String),
    String(sum(({ verdict }) => verdict.unknown)),
    `${middle.toFixed(1)} / ${(seconds.at(-1) ?? 0).toFixed(1)} s`,
    broken.some((count) => count > 0) ? 'broken' : boundOf(operations),
  ])
}

/** The rule of three; it says nothing below three. */
const boundOf = (operations: number) => (operations < 3 ? '–' : `${((3 / operations) * 100).toFixed(1)} %`)

/** `kill operation at relay.publish.after@2` is of the family `kill -9 at relay.publish.after`. */
function familyOf(fault: string): string {
  const [, failpoint] = / at ([\w.-]+)@\d+$/.exec(fault) ?? []
  if (failpoint !== undefined) return `kill -9 at \`${failpoint}\``
  if (fault.endsWith('at random')) return 'kill -9 at a random moment'
  if (fault.startsWith('freeze')) return 'SIGSTOP past the session, then CONT'
  return fault.startsWith('clock') ? 'clock off by 5 minutes' : fault
}

const storyOf = ({ fault, scenario }: RunFigures) => `${fault} during ${scenario}`
const told = (runs: readonly RunFigures[]) => [...new Set(runs.map(storyOf))].join('; ')

/** Runs that found something and were not run again without since: what they found stands. */
export const stillBroken = (runs: readonly RunFigures[]): readonly RunFigures[] =>
  runs.filter((run, at) => run.findings > 0 && !holdsSince(runs.slice(at + 1), run))

const holdsSince = (later: readonly RunFigures[], run: RunFigures) =>
  later.some((each) => each.struck && each.findings === 0 && storyOf(each) === storyOf(run))

/** What a row counts: the harm was done, and what it may have found is not mended since. */
function countedOf(runs: readonly RunFigures[]): readonly RunFigures[] {
  const standing = new Set(stillBroken(runs))
  return runs.filter((run) => run.struck && (run.findings === 0 || standing.has(run)))
}

/** What is in no row, and why. */
function missed(runs: readonly RunFigures[]): string {
  const standing = new Set(stillBroken(runs))
  const idle = runs.filter(({ struck, findings }) => !struck && findings === 0)
  const mended = runs.filter((run) => run.findings > 0 && !standing.has(run))
  const sentences = [
    ['In no row, because the harm was never done (the story did not pass there)', idle],
    ['In no row, because they found something that was mended, and hold since', mended],
    ['**Found something that stands**', [...standing]],
  ] as const
  return sentences
    .filter(([, which]) => which.length > 0)
    .map(([why, which]) => `\n${why}: ${told(which)}.\n`)
    .join('')
}
