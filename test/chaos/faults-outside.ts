import { setTimeout as pause } from 'node:timers/promises'
import { until } from '@umbel/test-kit'
import { flows } from '../map/flow-rows.ts'
import { topicNamed } from '../support/tap.ts'
import { upstreamBroker } from '../support/upstream.ts'
import type { Fault, Strike } from './fault.ts'
import type { ScenarioName } from './scenarios.ts'
import { hook, reached, type Stage } from './stage.ts'

const AWAY_MS = 2_000
/** Less than the first of the ten steps (5 s), so that nothing has to wait for the second (5 min). */
const HOOK_AWAY_MS = 1_500
const STORMS = 4

const told = ({ recorder }: Stage, what: string) => recorder.record({ type: 'fault', what })

/** Something about the mail server that is asked for before the operation and lasts for the run. */
const mailTrouble = (name: string, during: ScenarioName, work: (stage: Stage) => void): Fault => ({
  name,
  during,
  arm: async (stage) => {
    work(stage)
    told(stage, name)
  },
  strike: async ({ over }) => {
    while (!over.aborted) await pause(20)
    return true
  },
})

const mailAway = (during: ScenarioName): Fault => ({
  name: 'mail server away',
  during,
  async strike({ stage, begun }: Strike) {
    await reached(stage, await begun, Math.floor(stage.childIds.length * (0.1 + stage.random() * 0.6)))
    await stage.desk.mailAway()
    told(stage, 'the mail server is away')
    await pause(AWAY_MS)
    await stage.desk.mailBack()
    told(stage, 'the mail server is back')
    return true
  },
})

/** Everything that ticket has said so far once more, as it was, then backwards. */
const saidAgain = (during: ScenarioName): Fault => ({
  name: 'events again and in another order',
  during,
  async strike({ stage, begun }: Strike) {
    const { tap } = stage.desk
    await reached(stage, await begun, Math.floor(stage.childIds.length * 0.6))
    for (const order of ['again', 'backwards'] as const) {
      const heard = await tap.heard(stage.workspace.id)
      const messages = heard.map(({ topic, key, value, headers }) => ({ topic, key, value, headers }))
      await tap.broker.publish(order === 'again' ? messages : messages.toReversed())
      told(stage, `${messages.length} events ${order}`)
    }
    return true
  },
})

/** Strangers join the groups of every consumer, take partitions, handle nothing and leave. */
const storm = (during: ScenarioName): Fault => ({
  name: 'rebalance storm',
  during,
  async strike({ stage, begun }: Strike) {
    const groups = flows.flatMap(({ hears }) => hears)
    await begun
    for (let round = 1; round <= STORMS; round += 1) {
      await using broker = upstreamBroker(stage.desk.world)
      const joined = await Promise.all(
        groups.map(({ name: group, topic }) =>
          broker.subscribe({
            group,
            topics: [topicNamed(topic)],
            onBatch: () => Promise.reject(new Error('a stranger handles nothing')),
          }),
        ),
      )
      told(stage, `${joined.length} strangers joined, round ${round}`)
      await until(() => joined.some((each) => each.joined()), { deadlineMs: 20_000, what: 'a stranger to join' })
      for (const each of joined) await each[Symbol.asyncDispose]()
    }
    return true
  },
})

/** An endpoint is away for a moment, and must neither lose a call nor keep anybody's mail back. */
const hookAway = (during: ScenarioName): Fault => ({
  name: 'webhook endpoint away',
  during,
  async arm(stage) {
    await hook(stage)
    stage.desk.endpoint.refuse(true)
    told(stage, 'the endpoint is away')
  },
  async strike({ stage, begun }: Strike) {
    await reached(stage, await begun, 1)
    await pause(HOOK_AWAY_MS)
    stage.desk.endpoint.refuse(false)
    told(stage, 'the endpoint is back')
    return true
  },
})

const every = (stage: Stage, nth: number): readonly string[] => stage.emails.filter((_, at) => at % nth === 0)

export const outsideFaults: readonly Fault[] = (['broadcast', 'pause', 'cancel'] as const).flatMap((during) => [
  mailTrouble('mail server slow', during, ({ desk }) => desk.mailbox().delay(400)),
  mailTrouble('mail server refuses for now', during, (stage) => {
    for (const email of every(stage, 3)) stage.desk.mailbox().refuse(email, { code: 451, times: 1 })
  }),
  mailTrouble('mail server loses its answers', during, (stage) => {
    for (const email of every(stage, 5)) stage.desk.mailbox().loseAnswers(email, 1)
  }),
  mailAway(during),
  saidAgain(during),
  storm(during),
  hookAway(during),
])
