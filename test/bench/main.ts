/**
 * `npm run bench`: prints what it measured, and fails only when an update of people failed; `--json` prints one object, of
 * the size that `--children` names, or `{sizes: […]}` where it names several. Everything runs on this host: Postgres with
 * fsync on, Kafka, Temporal, every service as its own process, the sinks as one, and in this process the load and the
 * issuer.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startTestServers } from '../support/servers.ts'
import { upstreamBroker } from '../support/upstream.ts'
import { startWorld } from '../support/world.ts'
import { usage } from './cpu.ts'
import { measureImport } from './import.ts'
import { deskOf, startInteractive } from './interactive.ts'
import type { Bench } from './operation.ts'
import { jsonOf, tableOf } from './report.ts'
import { startSinks } from './sink-process.ts'
import { measureSize, type SizeFigures } from './size.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    children: { type: 'string', default: '200,1000,10000' },
    runs: { type: 'string', default: '5' },
    tickets: { type: 'string', default: '5000' },
  },
})
const sizes = values.children.split(',').map(Number)
const [runs, tickets] = [Number(values.runs), Number(values.tickets)]
const say = (line: string) => void (values.json || process.stderr.write(`${line}\n`))

await using stack = new AsyncDisposableStack()
say('Starting servers and services …')
stack.use(await startTestServers({ fsync: true }))
const sinks = stack.use(await startSinks())
const world = stack.use(
  await startWorld({ smtpUrl: sinks.smtpUrl, env: { NOTIFICATION_WEBHOOK_ALLOW_PRIVATE: 'true' } }),
)
const names = new Map([...world.processes.pids(), [sinks.pid, 'sinks']])
const host = { cores: cpus().length, fsync: true }

if (tickets > 0) say(`Importing ${tickets} tickets …`)
const imported = tickets > 0 ? await measureImport(world, await world.workspace('bench-import'), tickets) : undefined
const people = () => world.workspace('bench-people')
const desk = await deskOf(await people())
const bench: Bench = {
  world,
  sinks,
  broker: stack.use(upstreamBroker(world)),
  measure: () => usage(names),
  interactive: async () => startInteractive((await people()).agent, desk),
}
const measured: SizeFigures[] = []
for (const children of sizes) {
  const size = await measureSize(bench, { children, runs, say })
  measured.push(size)
  if (!values.json) process.stdout.write(`${tableOf(size, host)}\n`)
}
if (values.json) {
  const [only, ...more] = measured.map((size) => jsonOf(size, imported, host))
  process.stdout.write(`${JSON.stringify(more.length === 0 ? only : { sizes: [only, ...more] })}\n`)
}
if (imported !== undefined && !values.json)
  process.stdout.write(`Import: ${imported.events} events in ${imported.seconds} s, ${imported.eventsPerS} events/s.\n`)
const errors = measured.reduce((sum, { interactiveErrors }) => sum + interactiveErrors, 0)
if (errors > 0) {
  process.stderr.write(`${errors} updates of people failed meanwhile.\n`)
  process.exitCode = 1
}
