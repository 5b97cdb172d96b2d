// Runs every height of test, or the files and options given, and closes with the count alone on a line.
import { parseCLI, startVitest } from 'vitest/node'
import { CountReporter, lastLine } from './count-reporter.ts'

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
const reporter = new CountReporter()

const broke = await runAll().then(
  () => undefined,
  (error: unknown) => error,
)
const { count } = reporter
if (broke !== undefined) process.stderr.write(`The tests could not run: ${describe(broke)}\n`)
// vitest reports a setup that threw, sets the exit code, and tells no reporter
const outside = count.broken > 0 || (process.exitCode && count.failed === 0)
if (outside)
  process.stderr.write('The run broke outside of its tests, in a setup or an error nobody caught: see above.\n')
process.stdout.write(`${lastLine(count)}\n`)
process.exit(broke === undefined && !outside && count.failed === 0 && count.passed > 0 ? 0 : 1)

async function runAll(): Promise<void> {
  const vitest = await startVitest('test', filter, { ...options, watch: false, reporters: ['default', reporter] })
  await vitest.close()
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
