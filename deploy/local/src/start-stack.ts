import { mkdirSync, writeFileSync } from 'node:fs'
import { DEV_PASSWORD } from './infra/index.ts'
import { type Infra, startInfra } from './infra-all.ts'
import { keepPid, livingPid } from './pid-file.ts'
import { seed } from './seed.ts'
import { checkServicePorts } from './service-ports.ts'
import { migrateAll, startServices } from './services.ts'
import type { Settings } from './settings.ts'

/** Servers → migrations → services → seed. Everything started is on the stack, in the order that disposing undoes. */
export async function startStack(
  settings: Settings,
  stack: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<Infra> {
  const running = livingPid(settings.pidFile)
  if (running !== undefined) throw new Error(`Umbel is running already (process ${running}): npm run stop ends it.`)
  await checkServicePorts(settings)
  mkdirSync(settings.dataFolder, { recursive: true })
  stack.defer(keepPid(settings.pidFile))
  say('Starting Postgres, Kafka, Temporal, the mail catcher and the token issuer …')
  const infra = await startInfra(settings, stack)
  say('Bringing the schemas up to date …')
  await migrateAll(settings, infra)
  say('Starting the services …')
  await startServices(settings, infra, stack)
  await seed(apiOf(settings), infra.issuer.address)
  writeStackFile(settings, infra)
  return infra
}

/** Where the gateway answers. */
export const apiOf = ({ ports }: Settings): string => `http://127.0.0.1:${ports.gateway}`

/** What the CLI needs to find this stack. */
function writeStackFile(settings: Settings, { kafka, mail, issuer, temporal }: Infra): void {
  const found = {
    api: apiOf(settings),
    issuer: issuer.address,
    kafka: kafka.address,
    mail: mail.webUrl,
    smtp: mail.address,
    replies: `smtp://127.0.0.1:${settings.ports.replies}`,
    temporalUi: temporal.uiUrl,
    password: DEV_PASSWORD,
  }
  writeFileSync(settings.stackFile, `${JSON.stringify(found, null, 2)}\n`)
}
