import { type Actor, isUmbelError } from '@umbel/kernel'
import { listen } from '@umbel/messaging'
import { type Logger, repeat } from '@umbel/service-kit'
import type { App } from './app.ts'
import type { DueWork } from './store/due-work.ts'
import { PUSH_CHANNEL } from './store/push-channel.ts'

const PUSH_EVERY_MS = 1_000
const SAGA_EVERY_MS = 1_000
const CHECK_EVERY_MS = 5_000
const FORGET_EVERY_MS = 3_600_000
const CHECKS_AT_ONCE = 10

const itself: Actor = { id: 'linking', role: 'service', hiddenGroupIds: new Set() }

export interface SweepParts {
  readonly app: App
  readonly due: DueWork
  readonly checkEveryS: number
  readonly forgetOld: () => Promise<void>
  /** Where NOTIFY is heard. */
  readonly url: string
  readonly log: Logger
}

export interface Sweeps extends AsyncDisposable {
  /** Whether nothing is due that ticket should hear of. */
  settled(): Promise<boolean>
}

/** What a crash or an outage left, and what ticket events changed: pushed, resumed, checked, again and again. */
export function startSweeps({ app, due, checkEveryS, forgetOld, url, log }: SweepParts): Sweeps {
  const each = eachOf(log)
  const push = async () => {
    await each('push-links', await due.workspacesWithLinks(), (workspaceId) => app.pushLinks(workspaceId, 'due'))
    await each('push-roles', await due.unpushedRoles(), ({ workspaceId, id }) => app.pushRoles(workspaceId, [id]))
  }
  const resume = async () => each('resume', await due.sagas(), ({ workspaceId, id }) => app.resumeSaga(workspaceId, id))
  const check = async () =>
    each('check', await due.takeChecks(checkEveryS, CHECKS_AT_ONCE), ({ workspaceId, id }) =>
      app.checkRollups(workspaceId, itself, [id]),
    )
  const pushing = repeat('push', PUSH_EVERY_MS, push, log)
  const others = [
    repeat('resume', SAGA_EVERY_MS, resume, log),
    repeat('check', CHECK_EVERY_MS, check, log),
    repeat('forget', FORGET_EVERY_MS, forgetOld, log),
  ]
  const listening = listen({ url, channel: PUSH_CHANNEL, heard: pushing.now })
  return {
    settled: async () => (await due.workspacesWithLinks()).length + (await due.unpushedRoles()).length === 0,
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]()
      for (const sweep of [pushing, ...others]) await sweep[Symbol.asyncDispose]()
    },
  }
}

/** One after the other. One that fails is told and due again, and the others have their turn, unless a service is away. */
const eachOf =
  (log: Logger) =>
  async <T>(sweep: string, due: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> => {
    for (const one of due)
      try {
        await work(one)
      } catch (err) {
        if (isUmbelError(err) && err.kind === 'unavailable') throw err
        log.warn({ err, sweep, due: one }, 'what was due could not be done and is tried again')
      }
  }
