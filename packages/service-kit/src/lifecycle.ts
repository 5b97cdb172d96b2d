import { testSettings } from './env.ts'
import { armFromSettings } from './failpoints.ts'
import type { Logger } from './logger.ts'

const GRACE_MS = 20_000

/**
 * A process from start to end: starts the service, waits for SIGTERM or SIGINT, disposes within 20 s and exits with 0.
 * An error at the start, one that nobody caught, or a disposal that fails or takes longer ends the process with exit
 * code 1, after it was logged.
 */
export async function runProcess(log: Logger, start: () => Promise<AsyncDisposable>): Promise<void> {
  const die = (message: string) => (err: unknown) => {
    log.fatal({ err }, message)
    process.exit(1)
  }
  process.on('uncaughtException', die('the process ends because of an error nobody caught'))
  process.on('unhandledRejection', die('the process ends because of a promise nobody watched'))
  const asked = stopSignal(log)
  try {
    armFromSettings(testSettings())
    await using _service = await start()
    log.info('ready')
    log.info({ signal: await asked }, 'stopping')
  } catch (err) {
    die('the service could not start or stop')(err)
  }
  process.exit(0)
}

/** Resolves with the first signal to stop; from then on the process has 20 s, also one that is still starting. */
const stopSignal = (log: Logger): Promise<string> =>
  new Promise((resolve) => {
    const stop = (signal: string) => {
      resolve(signal)
      setTimeout(() => {
        log.fatal('the service did not stop in time')
        process.exit(1)
      }, GRACE_MS).unref()
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  })
