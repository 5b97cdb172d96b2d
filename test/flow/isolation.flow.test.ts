import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Received } from '@umbel/messaging'
import { createCanaries, type Mail } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerArtefact, threadArtefacts } from '../support/canaries/answer-artefacts.ts'
import { type Known, type Said, walk } from '../support/canaries/api-walk.ts'
import { castOf, type Role } from '../support/canaries/cast.ts'
import { eventArtefact } from '../support/canaries/event-artefacts.ts'
import { logArtefacts, payloadArtefacts } from '../support/canaries/inside-artefacts.ts'
import { mailArtefacts } from '../support/canaries/mail-artefacts.ts'
import { spoil } from '../support/canaries/misfortunes.ts'
import { plantInMail } from '../support/canaries/plant.ts'
import { type Played, playStory } from '../support/canaries/story.ts'
import { type Artefact, type Channel, findings, LARGEST_PAYLOAD } from '../support/oracle.ts'
import { settled, tapAll } from '../support/tap.ts'
import { startWorld, type World } from '../support/world.ts'

const CHILDREN = 3
const AN_ID = /[0-9a-f]{8}-[0-9a-f-]{27}/

describe('two workspaces whose every word is known', () => {
  const canaries = createCanaries()
  let world: World
  let played: Played[]
  let here: Played
  let there: Played
  let mails: readonly Mail[]
  let events: Received[]
  let threads: Artefact[]
  let logs: Artefact[]
  let payloads: Artefact[]
  const found = (artefacts: readonly Artefact[]) => findings(artefacts, canaries)

  beforeAll(async () => {
    world = await startWorld({ env: { LOG_LEVEL: 'debug' } })
    await spoil(world)
    const casts = ['a', 'b'].map((name) => castOf(canaries, name, CHILDREN))
    played = await Promise.all(casts.map((cast) => playStory(world, cast)))
    const [a, b] = played
    if (a === undefined || b === undefined) throw new Error('two stories expected')
    here = a
    there = b
    await settled(world)
    mails = world.mailbox.messages()
    events = await tapAll(world)
    threads = (await Promise.all(played.map(threadArtefacts))).flat()
    payloads = await payloadArtefacts(played)
  }, 240_000)
  afterAll(async () => world?.[Symbol.asyncDispose]())

  async function knownOf({
    workspace,
    masterId,
    childIds,
    relatedId,
    followUpId,
    operationIds,
  }: Played): Promise<Known> {
    const letters = await workspace.admin.all<{ id: string }>('/v1/dead-letters?service=ticket')
    return {
      tickets: [masterId, ...childIds, relatedId, followUpId],
      masters: [masterId],
      operations: operationIds,
      'dead-letters': letters.map(({ id }) => id),
    }
  }
  const asked = async (by: Played, who: 'admin' | 'agent' | 'light', known: Known): Promise<Said[]> =>
    walk(world, by.workspace[who].token, known)

  it('sends each customer nothing but their own words and what is said to all', () => {
    // two to each child, the reply to one answer, and what the related ticket's customer got, if anything
    const toChildren = played.flatMap(({ cast }) => cast.children.map(({ email }) => email))
    const reached = mails.flatMap(({ envelope }) => envelope.to).filter((to) => toChildren.includes(to))
    expect(reached).toHaveLength(played.length * (CHILDREN * 2 + 1))
    expect(found(mails.flatMap((mail) => mailArtefacts(mail, played)))).toEqual([])
  })

  it('says of a ticket on Kafka nothing of any other, and of a workspace nothing of the other', () => {
    const { inbound, ticket, linking, notification, operation } = topics
    const said = [inbound.tickets, ticket.events, ticket.directory, ticket.dlq, linking.events, notification.events]
    const names = [...said, operation.events].map(({ name }) => name)
    expect([...new Set(events.map(({ topic }) => topic))].sort()).toEqual(names.sort())
    expect(found(events.map((event) => eventArtefact(event, played)))).toEqual([])
  })

  it.each(['admin', 'agent', 'light'] as const)(
    'answers on every route to the %s nothing of the other workspace',
    async (who) => {
      const answers = await asked(here, who, await knownOf(here))
      const templates = new Set(answers.map(({ template }) => template))
      const answered = new Set(answers.filter(({ status }) => status === 200).map(({ template }) => template))
      if (who === 'admin') expect([...answered].sort()).toEqual([...templates].sort())
      expect(answers.filter(({ status }) => ![200, 403, 404].includes(status))).toEqual([])
      expect(found(answers.map((said) => answerArtefact(said, who, here)))).toEqual([])
    },
  )

  it("answers to the other workspace's ids exactly as to unknown ones", async () => {
    const foreign = await knownOf(there)
    const unknown = {
      tickets: foreign.tickets.map(newId),
      masters: foreign.masters.map(newId),
      operations: foreign.operations.map(newId),
      'dead-letters': foreign['dead-letters'].map(newId),
    }
    const answers = await asked(here, 'admin', foreign)
    const shown = (said: readonly Said[]) =>
      said.map(({ template, status, body }) => ({
        template,
        status,
        body: body.replaceAll(new RegExp(AN_ID, 'g'), 'id'),
      }))
    const byId = (said: readonly Said[]) => said.filter(({ path }) => AN_ID.test(path))
    expect(byId(answers).length).toBeGreaterThan(20)
    expect(shown(byId(answers))).toEqual(shown(byId(await asked(here, 'admin', unknown))))
    expect(found(answers.map((said) => answerArtefact(said, 'a stranger', here)))).toEqual([])
  })

  it("shows in a child's public thread nothing of other children, the master or the notes", () => {
    expect(threads).toHaveLength(2 * CHILDREN)
    expect(found(threads)).toEqual([])
  })

  it('logs no word and no address of anybody', () => {
    logs = logArtefacts(world)
    expect(new Set(logs.map(({ what }) => what.replace(/:\d+$/, ''))).size).toBe(world.processes.pids().size)
    expect(found(logs)).toEqual([])
  })

  it('gives Temporal ids and counts only, in small payloads', () => {
    for (const part of ['input', 'result', 'searchAttributes', 'summary', 'details', 'metadata'])
      expect(payloads.some(({ what }) => what.includes(`.${part}.`))).toBe(true)
    expect(found(payloads)).toEqual([])
  })

  describe('and the scan', () => {
    type Plant = (words: string) => Promise<Artefact[]> | Artefact[]
    const inMail = (place: Parameters<typeof plantInMail>[1]) => async (words: string) => {
      const [child] = here.cast.children
      const mail = mails.find(({ envelope }) => envelope.to.includes(child?.email ?? ''))
      if (mail === undefined) throw new Error('a mail to plant in expected')
      return mailArtefacts(await plantInMail(mail, place, words), played)
    }
    const first = (artefacts: readonly Artefact[]): Artefact => {
      const [artefact] = artefacts
      if (artefact === undefined) throw new Error('an artefact to plant in expected')
      return artefact
    }
    const holding = ({ bytes, ...rest }: Artefact, words: string): Artefact[] => [
      { ...rest, bytes: Buffer.concat([Buffer.from(bytes), Buffer.from(` ${words}`)]) },
    ]
    const plants: Record<Exclude<Channel, 'mail'>, Plant> = {
      header: inMail('header'),
      text: inMail('text'),
      html: inMail('html'),
      attachment: inMail('attachment'),
      event(words) {
        const event = events.find(({ key }) => key.endsWith(`:${here.childIds[0]}`))
        return event === undefined ? [] : holding(eventArtefact(event, played), words)
      },
      api: (words) => holding(first(threads), words),
      log: (words) => holding(first(logArtefacts(world)), words),
      payload: (words) => holding(first(payloads), words),
    }
    const leaks: Record<string, () => string> = {
      'another child': () => here.cast.children[1]?.owner ?? '',
      'the master': () => here.cast.owner('master'),
      'a note': () => here.cast.owner('note' satisfies Role),
      'the other workspace': () => there.cast.children[0]?.owner ?? '',
    }
    const table = Object.entries(plants).flatMap(([channel, plant]) =>
      Object.entries(leaks).map(([whose, owner]) => ({ channel, whose, owner, plant })),
    )

    it.each(table)('finds a word of $whose in the $channel, and nothing else', async ({ channel, owner, plant }) => {
      const [token = ''] = canaries.tokensOf(owner())
      expect(token).not.toBe('')
      expect(found(await plant('harmless'))).toEqual([])
      expect(found(await plant(token))).toEqual([{ channel, what: expect.any(String), leak: `${owner()}: ${token}` }])
    })

    it('finds an id in a mail, a mail address in a log and a payload that is too large', async () => {
      expect(found(await plants.text(here.masterId))).toMatchObject([{ channel: 'text', leak: `id: ${here.masterId}` }])
      const address = 'somebody@customer.example'
      expect(found(await plants.log(address))).toMatchObject([{ channel: 'log', leak: `address: ${address}` }])
      const large = await plants.payload('x'.repeat(LARGEST_PAYLOAD))
      expect(found(large)).toMatchObject([{ channel: 'payload', leak: expect.stringContaining('size') }])
    })
  })
})
