import { answers, type Child, spawnServer, untilReady } from './infra/index.ts'
import { run } from './infra/run.ts'
import type { Infra } from './infra-all.ts'
import { lowerGroup } from './lower-group.ts'
import { type ServiceProcess, serviceProcesses } from './processes.ts'
import type { Settings } from './settings.ts'

const WITH_DATABASE = ['ticket', 'linking', 'notification', 'operation'] as const

/** Makes each service's roles and database where they are missing, and brings each schema up to date. */
export async function migrateAll(
  { root }: Settings,
  infra: Infra,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const migrate = (service: string) =>
    run(process.execPath, ['--conditions=source', `${root}/services/${service}/src/migrate.ts`], {
      env: { DATABASE_URL: infra.postgres.address, ...env },
    })
  await Promise.all(WITH_DATABASE.map(migrate))
}

/** Starts every service as a process of its own; all are on the stack before any is waited for. */
export async function startServices(settings: Settings, infra: Infra, stack: AsyncDisposableStack): Promise<void> {
  const started = serviceProcesses(settings, infra).map(async (service) => {
    const child = await startProcess(service, settings)
    stack.defer(child.stop)
    await untilServing(child, service)
  })
  const failure = (await Promise.allSettled(started)).find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}

/** Resolves when the process says that it is ready; throws with the end of its log when it is not. */
export const untilServing = (child: Child, { healthPort }: ServiceProcess): Promise<void> =>
  untilReady(child, () => answers(`http://127.0.0.1:${healthPort}/readyz`))

/** Starts one service's process; it may not be ready yet. */
export async function startProcess(
  { name, entry, env, nice }: ServiceProcess,
  { logFolder }: Settings,
): Promise<Child> {
  const node = [process.execPath, '--conditions=source', '--enable-source-maps', entry]
  const [command = '', ...args] = nice > 0 ? ['nice', '-n', String(nice), ...node] : node
  const child = await spawnServer({ name, command, args, logFolder, env })
  if (nice > 0) await lowerGroup(child.pid, nice)
  return child
}
