/**
 * `npm run chaos`: breaks the product on purpose while people work with it, writes down what everybody was told and what
 * arrived, and holds it against the promises. Prints JSON with `--json`; exits with 1 when one was broken.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startDesk } from './desk.ts'
import { allFaults, controlFault, shortFaults } from './faults.ts'
import { findingsOf, isBroken, totalsOf } from './report.ts'
import { type RunResult, runOnce } from './run.ts'
import { type Control, sabotage } from './sabotage.ts'
import { startChaosServers } from './servers.ts'
import { writeTable } from './table.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    control: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    children: { type: 'string', default: '60' },
    out: { type: 'string' },
    table: { type: 'boolean', default: false },
  },
})

const root = resolve(import.meta.dirname, '../..')
const folder = resolve(values.out ?? join(root, '.umbel', 'chaos', new Date().toISOString().replaceAll(/[:.]/g, '-')))
const say = (line: string) => void process.stderr.write(`${line}\n`)
const control = values.control as Control | undefined
if (control !== undefined && !(control in sabotage))
  throw new Error(`no control ${control}: ${Object.keys(sabotage).join(', ')}`)

await mkdir(folder, { recursive: true })
const results = await runAll()
const totals = totalsOf(results)
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
const command = `npm run chaos -- ${process.argv.slice(2).join(' ')}`.trim()
await writeFile(join(folder, 'runs.json'), `${JSON.stringify({ commit, command, results }, null, 1)}\n`)
for (const line of results.flatMap(findingsOf)) say(line)
if (values.table) await writeTable(join(folder, 'runs.json'), join(root, 'docs', 'running', 'reliability.md'))
process.stdout.write(values.json ? `${JSON.stringify(totals)}\n` : `${JSON.stringify(totals, null, 2)}\n`)
process.exitCode = isBroken(totals) ? 1 : 0

async function runAll(): Promise<RunResult[]> {
  await using stack = new AsyncDisposableStack()
  const servers = stack.use(await startChaosServers(join(folder, 'logs')))
  const desk = stack.use(await startDesk(servers))
  if (control !== undefined) await sabotage[control](desk.world)
  const chosen = (control === undefined ? (values.short ? shortFaults : allFaults) : [controlFault]).filter(
    ({ name, during }) => `${name} during ${during}`.includes(values.only ?? ''),
  )
  const count = Number(values.runs ?? chosen.length)
  const done: RunResult[] = []
  for (let at = 0; at < count; at += 1) {
    const fault = chosen[at % chosen.length]
    if (fault === undefined) break
    const seed = Number(values.seed) + at
    const begun = performance.now()
    const result = await runOnce(desk, fault, { run: at + 1, seed, children: Number(values.children), folder })
    done.push(result)
    const took = ((performance.now() - begun) / 1_000).toFixed(1)
    const verdict = result.verdict.findings.length === 0 ? 'holds' : `${result.verdict.findings.length} findings`
    const { unknown } = result.verdict
    say(
      `${at + 1}/${count} ${fault.name} during ${fault.during}: ${result.struck ? verdict : 'not struck'}, ${unknown} unknown, ${took} s`,
    )
  }
  return done
}
