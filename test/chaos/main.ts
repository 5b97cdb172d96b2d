/**
 * `npm run chaos`: breaks the product on purpose while people work with it, writes down what everybody was told and what
 * arrived, and holds it against the promises. Prints JSON with `--json`; exits with 1 when one was broken or a fault never
 * struck, with 2 when it could not be run. A control exits with 1 when the checker saw it, with 2 when it broke off.
 */
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artefact, readArtefact, writeArtefact } from './artefact.ts'
import { startDesk } from './desk.ts'
import type { Fault } from './fault.ts'
import { chosenFaults } from './faults.ts'
import { type Options, ROOT, readOptions } from './options.ts'
import { findingsOf, outcomeOf, reportOf } from './report.ts'
import { type RunResult, runOnce } from './run.ts'
import { sabotage } from './sabotage.ts'
import { startChaosServers } from './servers.ts'
import { writeTable } from './table.ts'

const args = process.argv.slice(2)
const say = (line: string) => void process.stderr.write(`${line}\n`)

async function main(): Promise<number> {
  const options = readOptions(args)
  const earlier = await Promise.all(options.from.map(readArtefact))
  const made = options.table && earlier.length > 0 ? undefined : await makeArtefact(options)
  const artefacts = made === undefined ? earlier : [...earlier, made]
  if (options.table) await writeTable(artefacts)
  const results = artefacts.flatMap((artefact) => artefact.results)
  const { code, why } = outcomeOf(options, results)
  for (const line of [...results.flatMap(findingsOf), ...why]) say(line)
  process.stdout.write(`${JSON.stringify(reportOf(options, results), null, options.json ? 0 : 2)}\n`)
  return code
}

async function makeArtefact({ folder, ...asked }: Options): Promise<Artefact> {
  const faults = chosenFaults(asked)
  await mkdir(folder, { recursive: true })
  const made = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    command: `npm run chaos -- ${args
      .filter((word) => word !== '--table')
      .map(quoted)
      .join(' ')}`.trim(),
  }
  const done: RunResult[] = []
  await using stack = new AsyncDisposableStack()
  const servers = stack.use(await startChaosServers(join(folder, 'logs')))
  const desk = stack.use(await startDesk(servers))
  if (asked.control !== undefined) await sabotage[asked.control](desk.world)
  const rounds = repeated(faults, asked.runs ?? faults.length)
  for (const [at, fault] of rounds.entries()) {
    const { seed, children } = asked
    const begun = performance.now()
    done.push(await runOnce(desk, fault, { run: at + 1, seed: seed + at, children, folder }))
    await writeArtefact(folder, { ...made, results: done })
    say(`${at + 1}/${rounds.length} ${told(done.at(-1))}, ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
  }
  return { ...made, results: done }
}

const repeated = (faults: readonly Fault[], count: number) =>
  Array.from({ length: Math.ceil(count / faults.length) }, () => faults)
    .flat()
    .slice(0, count)

function told(result: RunResult | undefined): string {
  if (result === undefined) return 'nothing'
  const { fault, scenario, struck, verdict } = result
  const outcome = verdict.findings.length === 0 ? 'holds' : `${verdict.findings.length} findings`
  return `${fault} during ${scenario}: ${struck ? outcome : `not struck, ${outcome}`}, ${verdict.unknown} unknown`
}

function quoted(word: string): string {
  return word.includes(' ') ? `'${word}'` : word
}

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(2) // not 1: of a control it means that the checker saw it; and what was half started must not keep us here
})
