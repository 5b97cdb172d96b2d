import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Message, Received } from '@umbel/messaging'
import { createCanaries } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendAnswer } from '../support/canaries/answer.ts'
import { castOf } from '../support/canaries/cast.ts'
import { type Played, playStory } from '../support/canaries/story.ts'
import { stateOf } from '../support/state-of.ts'
import { settled, tapAll } from '../support/tap.ts'
import { upstreamBroker } from '../support/upstream.ts'
import { startWorld, type World } from '../support/world.ts'

const RECEIVED_MAIL = 'notification.received_mail'
/** What every consumer keeps about what it has handled. */
const MUST_HOLD = ['ticket.ticket', 'ticket.comment', 'ticket.audit_entry', 'notification.notification'] as const

describe('every event of a whole run', () => {
  let world: World
  let played: Played
  let events: readonly Received[]
  let mails: readonly string[]
  let state: Record<string, string>

  beforeAll(async () => {
    world = await startWorld()
    played = await playStory(world, castOf(createCanaries(), 'a', 3), { broken: false })
    await settled(world)
    events = await tapAll(world)
    mails = sent()
    state = await stateOf(world)
  }, 240_000)
  afterAll(async () => world?.[Symbol.asyncDispose]())

  const sent = () => world.mailbox.messages().map(({ messageId }) => messageId)
  const inbound = () => events.filter(({ topic }) => topic === topics.inbound.tickets.name)

  /** Publishes in the order in which they came, waits for the end, and looks at everything there is. */
  async function again(messages: readonly Message[]): Promise<void> {
    const before = (await tapAll(world)).length
    await using broker = upstreamBroker(world)
    await broker.publish(messages)
    await settled(world)
    expect(await stateOf(world)).toEqual(state)
    expect(sent()).toEqual(mails)
    expect(await tapAll(world)).toHaveLength(before + messages.length) // nobody had anything to say
  }

  it('has left its traces everywhere', () => {
    expect(new Set(events.map(({ topic }) => topic)).size).toBe(6)
    expect(mails).toHaveLength(3 * 2 + 1)
    for (const table of MUST_HOLD) expect(state[table]).toMatch(/^[1-9]\d* rows/)
  })

  it('changes nothing when it comes a second time', () => again(events))

  it('changes nothing under a new event id with the same identity and sequence', () =>
    again(events.map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers, ce_id: newId() } }))))

  it('changes nothing after what was received has been forgotten', async () => {
    for (const service of ['ticket', 'notification', 'linking', 'operation'] as const)
      await world.sql(service, 'delete from inbox')
    await again(inbound())
    await again(events)
  })

  it('changes nothing when a customer’s mail is delivered again', async () => {
    await sendAnswer(world, played.answer)
    await again([])
  })

  it('changes no thread when that mail comes after it has been forgotten', async () => {
    await world.sql('notification', 'delete from received_mail')
    await sendAnswer(world, played.answer)
    await settled(world)
    const { [RECEIVED_MAIL]: noted, ...others } = await stateOf(world)
    expect(others).toEqual(Object.fromEntries(Object.entries(state).filter(([table]) => table !== RECEIVED_MAIL)))
    expect(noted).toMatch(/^1 rows/)
    expect(sent()).toEqual(mails)
  })

  it('would be seen to change something under a later sequence', async () => {
    const [first] = inbound()
    if (first === undefined) throw new Error('an upstream event expected')
    await using broker = upstreamBroker(world)
    await broker.publish([{ ...first, headers: { ...first.headers, ce_id: newId(), ce_sequence: '1000' } }])
    await settled(world)
    expect(await stateOf(world)).not.toEqual(state)
  })
})
