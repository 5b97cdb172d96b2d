import type { Claimer, DueWebhook } from '../store/claimer.ts'

export interface WebhookSenderDeps {
  readonly claimer: Claimer
  readonly send: (workspaceId: string, webhookId: string, stopped: () => boolean) => Promise<void>
  readonly log: { warn(fields: object, message: string): void }
}

export interface WebhookSender extends AsyncDisposable {
  /** Something became due: look now instead of at the next poll. */
  wake(): void
  /** Whether the last look found nothing to do and nothing is being sent. */
  idle(): boolean
}

const POLL_MS = 250
/** Endpoints at once: one that hangs has a lane of its own, and rests soon. */
const LANES = 32

/** Gives each endpoint with something due a turn in a lane of its own, until disposed of; turns are finished then. */
export function startWebhookSender({ claimer, send, log }: WebhookSenderDeps): WebhookSender {
  const lanes = new Map<string, Promise<void>>()
  let stopped = false
  let looking: Promise<void> | undefined
  let asked = false
  let idle = false

  const serve = ({ workspaceId, webhookId }: DueWebhook): void => {
    const ended = (next: () => void) => {
      lanes.delete(webhookId)
      next()
    }
    const turn = send(workspaceId, webhookId, () => stopped).then(
      () => ended(look),
      // it has its next turn at the next poll, and not in the same breath
      (error: unknown) => ended(() => log.warn({ err: error, workspaceId, webhookId }, 'an endpoint was not served')),
    )
    lanes.set(webhookId, turn)
  }
  const round = async () => {
    const due = (await claimer.dueWebhooks()).filter(({ webhookId }) => !lanes.has(webhookId))
    for (const one of due.slice(0, LANES - lanes.size)) if (!stopped) serve(one)
    idle = lanes.size === 0 && !asked
  }
  const look = () => {
    asked = looking !== undefined
    if (looking !== undefined || stopped) return
    looking = round()
      .catch((error: unknown) => log.warn({ err: error }, 'due endpoints could not be found'))
      .then(() => {
        looking = undefined
        if (asked) look()
      })
  }
  const timer = setInterval(look, POLL_MS)
  look()
  return {
    wake() {
      idle = false
      look()
    },
    idle: () => idle,
    async [Symbol.asyncDispose]() {
      stopped = true
      clearInterval(timer)
      await looking
      await Promise.all(lanes.values())
    },
  }
}
