import { failpoint } from '@umbel/kernel/failpoint'
import { decideEndpoint, decideMessage, isProbed, type PostResult, shouldStop } from '../domain/webhook-attempt.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import type { Endpoint, LeasedMessage, MessageResult } from '../store/webhook-queue.ts'
import { type SecretBox, secretPlace } from './secret-box.ts'

/** Posts one signed message. Never throws: whatever happens is a result. */
export type Post = (message: {
  readonly url: string
  readonly id: string
  readonly payload: string
  readonly secrets: readonly string[]
}) => Promise<PostResult>

export interface SendWebhooksDeps {
  readonly transact: Transact
  readonly post: Post
  readonly box: SecretBox
  /** Who leases: a place that is the same after a restart. */
  readonly owner: string
  /** In [0, 1). */
  readonly jitter: () => number
}

/** Leased and recorded at once. A crash sends them again, which endpoints know by their ids. */
const WINDOW = 250
/** In flight to one endpoint. */
const CONCURRENCY = 16
/** An endpoint's turn; whoever waits comes first then. */
const TURN = 4 * WINDOW
/** Nothing begins later in a window: with the longest answer of 20 s it ends before its lease. */
const BEGIN_MS = 15_000
const LEASE_MS = 45_000
const EXPIRED_PAGE = 1_000

/** Sends what one endpoint is owed, window by window; one transaction records a window and leases the next. */
export const sendWebhooks =
  (deps: SendWebhooksDeps) =>
  async (workspaceId: string, webhookId: string, stopped: () => boolean): Promise<void> => {
    let sent = 0
    let before: Opened | undefined
    let posted: readonly Posted[] = []
    for (;;) {
      const more = !stopped() && sent < TURN
      const { opened, leased } = await turn(deps, { workspaceId, webhookId, before, posted, more })
      if (opened === undefined || leased.length === 0) return
      before = opened
      await failpoint('notification.webhook.before')
      posted = await postAll(deps.post, opened, leased, stopped)
      await failpoint('notification.webhook.after')
      sent += posted.length
    }
  }

interface Posted {
  readonly leased: LeasedMessage
  readonly result: PostResult
}

/** An endpoint with its secrets open, and whether it is asked with one message only. */
interface Opened {
  readonly endpoint: Endpoint
  readonly secrets: readonly string[]
  readonly probed: boolean
}

interface Turn {
  readonly workspaceId: string
  readonly webhookId: string
  /** As it stood before what was posted. */
  readonly before: Opened | undefined
  readonly posted: readonly Posted[]
  readonly more: boolean
}

const turn = (deps: SendWebhooksDeps, { workspaceId, webhookId, before, posted, more }: Turn) =>
  deps.transact({ workspaceId }, async (session) => {
    const { webhookQueue } = session
    const results = posted.map(
      ({ leased, result }): MessageResult => ({
        leased,
        outcome: decideMessage(leased.attempt, result, deps.jitter()),
      }),
    )
    await webhookQueue.record(results, deps.owner)
    if (before !== undefined) await standAfter(session, before.endpoint, posted)
    const found = more ? await webhookQueue.endpoint(webhookId) : undefined
    if (found === undefined) return { opened: undefined, leased: [] }
    const opened = open(deps.box, workspaceId, found) // before anything is leased: a wrong key costs no attempt
    if (opened.probed) await webhookQueue.expire(webhookId, EXPIRED_PAGE)
    const limit = opened.probed ? 1 : WINDOW
    return { opened, leased: await webhookQueue.lease(webhookId, deps.owner, LEASE_MS, limit) }
  })

function open(box: SecretBox, workspaceId: string, endpoint: Endpoint): Opened {
  const place = secretPlace(workspaceId, endpoint.id)
  const [newest, ...older] = endpoint.secrets
  if (newest === undefined) throw new Error('an endpoint has no secret')
  const secrets = [box.open(newest, place), ...older.flatMap((sealed) => openIfKnown(box, sealed, place))]
  return { endpoint, secrets, probed: isProbed(endpoint.failures) }
}

/** The secret before a rotation; none where the rotation was made because its key is lost. */
function openIfKnown(box: SecretBox, sealed: Uint8Array, place: string): string[] {
  try {
    return [box.open(sealed, place)]
  } catch {
    return [] // the new secret signs alone
  }
}

/** Writes how the endpoint stands where that has changed. */
async function standAfter({ webhookQueue }: Session, { id, failures }: Endpoint, posted: readonly Posted[]) {
  const stands = decideEndpoint(
    failures,
    posted.map(({ result }) => result),
  )
  if (stands.failures !== failures || stands.restMs !== null || stands.gone) await webhookQueue.rest(id, stands)
}

/** Posts a window, sixteen at a time, in the order in which answers come; stops where the endpoint asks for it. */
async function postAll(
  post: Post,
  { endpoint: { url, failures }, secrets, probed }: Opened,
  window: readonly LeasedMessage[],
  stopped: () => boolean,
): Promise<Posted[]> {
  const deadline = performance.now() + BEGIN_MS
  const waiting = [...window].reverse()
  const posted: Posted[] = []
  const results: PostResult[] = []
  const over = () =>
    stopped() || performance.now() > deadline || (results.length > 0 && shouldStop(probed ? 0 : failures, results))
  const lane = async () => {
    for (let leased = waiting.pop(); leased !== undefined; leased = waiting.pop()) {
      const { id, payload } = leased
      const result: PostResult = over() ? { kind: 'not-begun' } : await post({ url, id, payload, secrets })
      results.push(result)
      posted.push({ leased, result })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return posted
}
