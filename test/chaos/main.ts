/**
 * `npm run chaos`: breaks the product on purpose while people work with it, writes down what everybody was told and what
 * arrived, and holds it against the promises. Prints JSON with `--json`; exits with 1 when one was broken.
 */
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artefact, readArtefact, writeArtefact } from './artefact.ts'
import { startDesk } from './desk.ts'
import type { Fault } from './fault.ts'
import { allFaults, controlFault, shortFaults } from './faults.ts'
import { type Options, ROOT, readOptions } from './options.ts'
import { findingsOf, isBroken, reportOf, totalsOf } from './report.ts'
import { type RunResult, runOnce } from './run.ts'
import { sabotage } from './sabotage.ts'
import { startChaosServers } from './servers.ts'
import { writeTable } from './table.ts'

const args = process.argv.slice(2)
const options = readOptions(args)
const say = (line: string) => void process.stderr.write(`${line}\n`)

const earlier = await Promise.all(options.from.map(readArtefact))
const made = options.table && earlier.length > 0 ? undefined : await makeArtefact(options)
const artefacts = made === undefined ? earlier : [...earlier, made]
if (options.table) await writeTable(artefacts)
const results = artefacts.flatMap((artefact) => artefact.results)
const totals = totalsOf(results)
for (const line of results.flatMap(findingsOf)) say(line)
process.stdout.write(`${JSON.stringify(reportOf(options, totals, results), null, options.json ? 0 : 2)}\n`)
process.exitCode = isBroken(totals) ? 1 : 0

async function makeArtefact({ folder, ...asked }: Options): Promise<Artefact> {
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
  const faults = chosen(asked)
  const count = asked.runs ?? faults.length
  for (let at = 0; at < count; at += 1) {
    const fault = faults[at % faults.length]
    if (fault === undefined) throw new Error(`no fault has ${asked.only} in its name`)
    const { seed, children } = asked
    const begun = performance.now()
    done.push(await runOnce(desk, fault, { run: at + 1, seed: seed + at, children, folder }))
    await writeArtefact(folder, { ...made, results: done })
    say(`${at + 1}/${count} ${told(done.at(-1))}, ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
  }
  return { ...made, results: done }
}

function chosen({ control, short, only }: Pick<Options, 'control' | 'short' | 'only'>): readonly Fault[] {
  if (control !== undefined) return [controlFault]
  const parts = only.split(',')
  return (short ? shortFaults : allFaults).filter(({ name, during }) =>
    parts.some((part) => `${name} during ${during}`.includes(part)),
  )
}

function told(result: RunResult | undefined): string {
  if (result === undefined) return 'nothing'
  const { fault, scenario, struck, verdict } = result
  const outcome = verdict.findings.length === 0 ? 'holds' : `${verdict.findings.length} findings`
  return `${fault} during ${scenario}: ${struck ? outcome : `not struck, ${outcome}`}, ${verdict.unknown} unknown`
}

function quoted(word: string): string {
  return word.includes(' ') ? `'${word}'` : word
}
