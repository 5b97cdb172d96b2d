/**
 * `npm start`: the stack, the demo when it was never played, and where to look. Ctrl-C stops all. A demo that fails takes
 * nothing down: it is said, and in the exit code once the stack is stopped.
 */
import { once } from 'node:events'
import { playFirstDemo } from './first-demo.ts'
import { DEV_PASSWORD } from './infra/index.ts'
import type { Infra } from './infra-all.ts'
import { livingPid } from './pid-file.ts'
import { readSettings } from './settings.ts'
import { apiOf, startStack } from './start-stack.ts'

const settings = readSettings()
const say = (line: string) => void process.stdout.write(`${line}\n`)
const untilStopped = (line: string) => (stop.signal.aborted ? undefined : say(line))
const stack = new AsyncDisposableStack()
const stop = new AbortController()
const asked = once(stop.signal, 'abort')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

try {
  await Promise.race([start(), asked])
  await asked
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  if (livingPid(settings.pidFile) === process.pid) say('Stopping …') // else another stack runs, and goes on
  await stack.disposeAsync()
}
process.exit() // whatever was still starting has a guard of its own, which ends it once we are gone

async function start(): Promise<void> {
  const infra = await startStack(settings, stack, say)
  const demo = settings.demo ? await playFirstDemo(settings, untilStopped) : 'known'
  if (stop.signal.aborted) return // a demo that Ctrl-C ended has not failed
  if (demo === 'failed') process.exitCode = 1
  tell(infra)
}

function tell({ mail, temporal }: Infra): void {
  const api = apiOf(settings)
  say('')
  say(`  API        ${api}/v1   (its description: ${api}/openapi.json)`)
  say(`  Mail       ${mail.webUrl ?? 'the server that SMTP_URL names'}`)
  say(`  Temporal   ${temporal.uiUrl ?? 'the server that TEMPORAL_ADDRESS names'}`)
  say(`  Sign in    admin@demo, grace@demo (agent) or lee@demo (light agent), password ${DEV_PASSWORD}`)
  say('  Try        npm run -s umbel -- masters')
  say(`  Logs       ${settings.logFolder}`)
  say('')
  say('Umbel is up')
}
