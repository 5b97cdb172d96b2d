import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import type { Artefact, RunFigures } from './artefact.ts'
import { counters } from './check/finding.ts'
import { ROOT } from './options.ts'
import { type DatedRun, datedRuns, PASSES, stillBroken, storyOf, type TableData } from './standing.ts'

const DATA = new URL('../../docs/running/reliability.json', import.meta.url)
const PAGE = new URL('../../docs/running/reliability.md', import.meta.url)

/** Makes the docs' page from artefacts; there is no other way to change a number in it. */
export async function writeTable(artefacts: readonly Artefact[]): Promise<void> {
  const data: TableData = {
    made: artefacts.map(({ commit, command, results }) => ({
      commit,
      committedAt: committedAt(commit),
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

/** Only git knows which of two commits came first: artefacts may be named in any order. */
function committedAt(commit: string): string {
  const words = ['show', '--no-patch', '--format=%ct', commit]
  const seconds = execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim()
  return new Date(Number(seconds) * 1_000).toISOString()
}

function figuresOf({ verdict: { findings, ...verdict }, ...run }: Artefact['results'][number]): RunFigures {
  return { ...run, verdict, findings: findings.length }
}

/** The page, word for word. */
export function pageOf(data: TableData): string {
  const { made } = data
  const runs = datedRuns(data)
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
  const struck = runs.filter((run) => run.struck)
  const operations = sum(struck, ({ verdict }) => verdict.operations)
  const seconds = struck.map(({ recoveredS }) => recoveredS).toSorted((a, b) => a - b)
  const middle = seconds[Math.floor(seconds.length / 2)] ?? 0
  const broken = counters.map((counter) => sum(runs, ({ verdict }) => verdict[counter]))
  return row([
    name,
    String(struck.length),
    String(operations),
    String(sum(struck, ({ verdict }) => verdict.acknowledged)),
    ...broken.map(String),
    String(sum(struck, ({ verdict }) => verdict.unknown)),
    `${middle.toFixed(1)} / ${(seconds.at(-1) ?? 0).toFixed(1)} s`,
    broken.some((count) => count > 0) ? 'broken' : boundOf(operations),
  ])
}

const sum = (runs: readonly RunFigures[], of: (run: RunFigures) => number) =>
  runs.reduce((all, run) => all + of(run), 0)

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

const told = (runs: readonly RunFigures[]) => [...new Set(runs.map(storyOf))].join('; ')

/** What a row counts: runs whose harm was done, and whatever was found and is not mended since. */
function countedOf(runs: readonly DatedRun[]): readonly RunFigures[] {
  const standing = new Set(stillBroken(runs))
  return runs.filter((run) => (run.struck && run.findings === 0) || standing.has(run))
}

/** What is in no row, and why. */
function missed(runs: readonly DatedRun[]): string {
  const standing = new Set(stillBroken(runs))
  const idle = runs.filter(({ struck, findings }) => !struck && findings === 0)
  const mended = runs.filter((run) => run.findings > 0 && !standing.has(run))
  const sentences = [
    ['In no row, because the harm was never done (the story did not pass there)', idle],
    [`In no row, because they found something and held ${PASSES} times or more at a later commit`, mended],
    [`**Found something, and have not held ${PASSES} times at a later commit**`, [...standing]],
  ] as const
  return sentences
    .filter(([, which]) => which.length > 0)
    .map(([why, which]) => `\n${why}: ${told(which)}.\n`)
    .join('')
}
