import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { startWebhookSink, type WebhookSink } from './webhook-sink.ts'
import { ADMIN, type NotificationWorld } from './world.ts'

/** Of them each workspace has its most, 50; two can be made ill, one of each workspace. */
const SOUND = 98
const EACH = 50

/** A hundred endpoints, each at a port of its own. */
export interface HundredEndpoints extends AsyncDisposable {
  /** Makes one refuse connections and another accept them and never answer; what the latter holds ends with `heal`. */
  fallIll(): Promise<void>
  /** Lets both answer again, as if they had never been ill. */
  heal(): Promise<void>
  /** Tells each of the hundred so many facts. */
  tell(facts: number): Promise<void>
  /** What the 98 have got since they were last told, in milliseconds from then on, sorted. */
  arrivals(): readonly number[]
  /** What the one that never answers holds. */
  held(): number
  /** Attempts at it that have come to an end. */
  ended(): Promise<number>
  /** Waits until the 98 have got so many facts each. */
  heard(facts: number): Promise<void>
}

interface Endpoint {
  readonly id: string
  readonly sink: WebhookSink
}

const finished = { kind: 'close', state: 'finished', streamVersion: 1n }
const newOperation = (workspaceId: string) => ({ workspaceId, operationId: newId(), masterId: newId() })

async function put(world: NotificationWorld, workspaceId: string, url: string): Promise<string> {
  const webhook = { url, types: ['operation.finished'] }
  const made = await world.rpc.putWebhook({ workspaceId, webhook }, { actorId: ADMIN })
  return made.webhook?.id ?? ''
}

/** Makes them in a world of their own. */
export async function startHundredEndpoints(world: NotificationWorld): Promise<HundredEndpoints> {
  await using starting = new AsyncDisposableStack()
  const workspaces = [world.workspaceId, newId()]
  const all: Endpoint[] = []
  for (let place = 0; place < SOUND + 2; place += 1) {
    const sink = starting.use(await startWebhookSink())
    all.push({ sink, id: await put(world, workspaces[Math.floor(place / EACH)] ?? '', sink.url) })
  }
  const [away, tarpit] = [starting.use(await startWebhookSink()), starting.use(await startWebhookSink())]
  await away[Symbol.asyncDispose]()
  const ill = all.filter((_, place) => place % EACH === EACH - 1)
  let told = 0
  let arrived: number[] = []
  let release = () => {}
  for (const { sink } of all.filter((each) => !ill.includes(each)))
    sink.answer = () => {
      arrived.push(performance.now() - told)
      return { status: 204 }
    }
  const move = async (urls: readonly string[]) => {
    for (const [at, { id }] of ill.entries())
      await world.sql('update webhook set url = $1, failures = 0, rests_until = null where id = $2', [urls[at], id])
  }
  const stack = starting.move()
  return {
    async fallIll() {
      const freed = new Promise<void>((resolve) => {
        release = resolve
      })
      tarpit.answer = () => freed.then(() => ({ status: 204 }))
      tarpit.heard.length = 0
      await move([away.url, tarpit.url])
    },
    async heal() {
      release()
      await world.settled()
      await move(ill.map(({ sink }) => sink.url))
      await world.sql('delete from webhook_message')
    },
    async tell(facts) {
      arrived = []
      told = performance.now()
      for (let fact = 0; fact < facts; fact += 1)
        for (const workspaceId of workspaces) await world.tellOperation({ ...finished, ...newOperation(workspaceId) })
    },
    arrivals: () => arrived.toSorted((a, b) => a - b),
    held: () => tarpit.heard.length,
    async ended() {
      const [{ n } = { n: 0 }] = await world.sql<{ n: number }>(
        `select count(*)::int as n from webhook_delivery d
           join webhook_message m on m.id = d.message_id and m.webhook_id = $1`,
        [ill[1]?.id],
      )
      return n
    },
    heard: async (facts) =>
      void (await until(() => arrived.length === SOUND * facts, {
        deadlineMs: 60_000,
        what: `${facts} facts at each of ${SOUND} endpoints`,
      })),
    async [Symbol.asyncDispose]() {
      release()
      await stack.disposeAsync()
    },
  }
}
