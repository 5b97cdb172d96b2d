/**
 * `npm run bench`: prints what it measured and asserts nothing. Everything runs on this host: Postgres with fsync on,
 * Kafka, Temporal, every service as its own process, and in this process the load, the mail sink and the issuer.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startTestServers } from '../support/servers.ts'
import { startWorld } from '../support/world.ts'
import { type BroadcastFigures, measureBroadcast } from './broadcast.ts'
import { rss, usage } from './cpu.ts'
import { measureImport } from './import.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    children: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
    tickets: { type: 'string', default: '5000' },
  },
})
const [children, runs, tickets] = [values.children, values.runs, values.tickets].map(Number) as [number, number, number]
const say = (line: string) => void (values.json || process.stderr.write(`${line}\n`))

const median = (figures: readonly number[]): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0

await using stack = new AsyncDisposableStack()
say('Starting servers and services …')
stack.use(await startTestServers({ fsync: true }))
const world = stack.use(await startWorld())
const names = world.processes.pids()
const measure = () => usage(names)

say(`Importing ${tickets} tickets …`)
const imported = await measureImport(world, await world.workspace('bench-import'), tickets)
const workspace = await world.workspace('bench')
const cold = await measureBroadcast(world, workspace, children, 'cold', measure)
const warm: BroadcastFigures[] = []
for (let run = 1; run <= runs; run += 1) {
  say(`Broadcast to ${children}, warm run ${run} of ${runs} …`)
  warm.push(await measureBroadcast(world, workspace, children, `warm-${run}`, measure))
}
const of = (figure: 'linkedS' | 'plannedS' | 'closedS' | 'settledS' | 'mailedS' | 'cpuMsPerChildTotal') =>
  median(warm.map((each) => each[figure]))
const report = {
  host: { cores: cpus().length, loadAndSinks: 'on the same host', fsync: true },
  import: imported,
  children,
  linkedS: of('linkedS'),
  plannedS: of('plannedS'),
  closedS: of('closedS'),
  settledS: of('settledS'),
  mailedS: of('mailedS'),
  cpuMsPerChild: of('cpuMsPerChildTotal'),
  cpuMsPerChildByStage: warm.at(-1)?.cpuMsPerChild ?? {},
  rssMb: rss(measure()),
  cold,
  warm,
}
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table())

function table(): string {
  const rows = [
    ['import', `${imported.events} events in ${imported.seconds} s`, `${imported.eventsPerS} events/s`],
    ['linked', `${report.linkedS} s`, ''],
    ['planned', `${report.plannedS} s`, ''],
    ['closed', `${report.closedS} s`, `cold ${cold.closedS} s`],
    ['settled', `${report.settledS} s`, `cold ${cold.settledS} s`],
    ['mailed', `${report.mailedS} s`, `cold ${cold.mailedS} s`],
    ['CPU per child', `${report.cpuMsPerChild} ms`, ''],
    ...Object.entries(report.cpuMsPerChildByStage).map(([stage, ms]) => [
      `  ${stage}`,
      `${ms} ms`,
      `${report.rssMb[stage]} MB`,
    ]),
  ]
  const head = `${children} children, median of ${runs} warm runs, load and sinks on the same ${report.host.cores} cores\n`
  return (
    head +
    rows.map(([name = '', figure = '', note = '']) => `${name.padEnd(36)} ${figure.padEnd(28)} ${note}\n`).join('')
  )
}
