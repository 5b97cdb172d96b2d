import type { Actor } from '@umbel/kernel'
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
  const push = async () => {
    for (const workspaceId of await due.workspacesWithLinks()) await app.pushLinks(workspaceId, 'due')
    for (const { workspaceId, id } of await due.unpushedRoles()) await app.pushRoles(workspaceId, [id])
  }
  const resume = async () => {
    for (const { workspaceId, id } of await due.sagas())
      await app
        .resumeSaga(workspaceId, id)
        .catch((err: unknown) => log.warn({ err }, 'a master could not be opened yet'))
  }
  const check = async () => {
    for (const { workspaceId, id } of await due.takeChecks(checkEveryS, CHECKS_AT_ONCE))
      await app.checkRollups(workspaceId, itself, [id])
  }
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
