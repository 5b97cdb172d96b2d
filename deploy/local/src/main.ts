/** `npm start`: the stack, the demo when it was never played, and where to look. Ctrl-C stops all. */
import { existsSync, writeFileSync } from 'node:fs'
import { DEV_PASSWORD } from './infra/index.ts'
import type { Infra } from './infra-all.ts'
import { livingPid } from './pid-file.ts'
import { playDemo } from './play-demo.ts'
import { readSettings } from './settings.ts'
import { apiOf, startStack } from './start-stack.ts'

const settings = readSettings()
const say = (line: string) => void process.stdout.write(`${line}\n`)
const stack = new AsyncDisposableStack()
const asked = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
})

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
  if (settings.demo && !existsSync(settings.playedFile)) {
    say('Playing the login outage …')
    if ((await playDemo(settings)) === 0) writeFileSync(settings.playedFile, new Date().toISOString())
    else say('The demo did not come out as it should: see above. Umbel runs all the same; npm run demo plays it again.')
  }
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
