import type { Logger } from './logger.ts'

const GRACE_MS = 20_000

/**
 * A process from start to end: starts the service, waits for SIGTERM or SIGINT, disposes within 20 s. An error at
 * the start, or one that nobody caught, ends the process with exit code 1, after it was logged.
 */
export async function runProcess(log: Logger, start: () => Promise<AsyncDisposable>): Promise<void> {
  const asked = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
  })
  const die = (err: unknown) => {
    log.fatal({ err }, 'the process ends because of an error nobody caught')
    process.exit(1)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
  let service: AsyncDisposable
  try {
    service = await start()
  } catch (err) {
    log.fatal({ err }, 'the service could not start')
    process.exit(1)
  }
  log.info('ready')
  log.info({ signal: await asked }, 'stopping')
  setTimeout(() => {
    log.error('the service did not stop in time')
    process.exit(1)
  }, GRACE_MS).unref()
  await service[Symbol.asyncDispose]()
  process.exit(0)
}
