/** `npm start`: servers → migrations → services → seed → demo → where to look. Ctrl-C stops all. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { isUmbelError } from '@umbel/kernel'
import { DEV_PASSWORD } from './infra/index.ts'
import { type Infra, startInfra } from './infra-all.ts'
import { keepPid, livingPid } from './pid-file.ts'
import { playDemo } from './play-demo.ts'
import { seed } from './seed.ts'
import { migrateAll, startServices } from './services.ts'
import { readSettings } from './settings.ts'

const settings = readSettings()
const api = `http://127.0.0.1:${settings.ports.gateway}`
const say = (line: string) => process.stdout.write(`${line}\n`)
const stack = new AsyncDisposableStack()
const asked = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
})

try {
  const running = livingPid(settings.pidFile)
  if (running !== undefined) throw new Error(`Umbel is running already (process ${running}): npm run stop ends it.`)
  mkdirSync(settings.dataFolder, { recursive: true })
  stack.defer(keepPid(settings.pidFile))
  await Promise.race([start(), asked])
  await asked
} catch (error) {
  process.stderr.write(`${isUmbelError(error) || error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  say('Stopping …')
  await stack.disposeAsync()
}

async function start(): Promise<void> {
  say('Starting Postgres, Kafka, Temporal, the mail catcher and the token issuer …')
  const infra = await startInfra(settings, stack)
  say('Bringing the schemas up to date …')
  await migrateAll(settings, infra)
  say('Starting the services …')
  await startServices(settings, infra, stack)
  await seed(api, infra.issuer.address)
  writeStackFile(infra)
  if (settings.demo && !existsSync(settings.playedFile)) {
    say('Playing the login outage …')
    await playDemo(settings.root)
    writeFileSync(settings.playedFile, new Date().toISOString())
  }
  tell(infra)
}

/** What the CLI needs to find this stack. */
function writeStackFile({ kafka, mail, issuer, temporal }: Infra): void {
  const found = {
    api,
    issuer: issuer.address,
    kafka: kafka.address,
    mail: mail.webUrl,
    replies: `smtp://127.0.0.1:${settings.ports.replies}`,
    temporalUi: temporal.uiUrl,
    password: DEV_PASSWORD,
  }
  writeFileSync(settings.stackFile, `${JSON.stringify(found, null, 2)}\n`)
}

function tell({ mail, temporal }: Infra): void {
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
