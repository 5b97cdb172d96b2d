import { invalid, unavailable } from '@umbel/kernel'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import type { SendResult } from '../domain/attempt.ts'
import type { Turn } from '../store/take-turn.ts'
import type { Prepared } from './prepare-page.ts'
import { createPageSender, type SendDeps } from './send-page.ts'

const prepared = (at: number, probe = false) =>
  ({
    due: { id: `notification-${at}`, ticketId: `ticket-${at}`, operationId: null },
    mail: { messageId: `<${at}>` },
    body: '',
    destination: `company-${at}.example`,
    troubled: probe,
    probe,
  }) as unknown as Prepared

const pageOf = (count: number) => Array.from({ length: count }, (_, at) => prepared(at))
const away = () => unavailable('database-away', 'the database does not answer')

interface Trouble {
  /** Whether the database is away for this turn. */
  readonly fails?: (turn: Turn, number: number) => boolean
  readonly refuses?: (turn: Turn) => boolean
  readonly unleaseFails?: () => boolean
  readonly follows?: () => Promise<void>
  readonly answer?: (messageId: string) => Promise<SendResult>
}

function senderWith({
  fails = () => false,
  refuses = () => false,
  unleaseFails = () => false,
  follows = async () => undefined,
  answer,
}: Trouble) {
  const sent: string[] = []
  const recorded: string[] = []
  const givenBack: string[] = []
  const unleased: string[] = []
  const logged: object[] = []
  let turns = 0
  const deps: SendDeps = {
    transact: () => Promise.reject(away()),
    takeTurn: async (turn) => {
      turns += 1
      if (fails(turn, turns)) throw away()
      if (refuses(turn)) throw invalid('turn-refused', 'the database does not take it')
      recorded.push(...turn.results.map(({ due }) => due.id))
      return {
        leased: turn.asked.map(({ id }) => ({ id, epoch: '1', attempt: 1, doubt: null })),
        failing: ['operation'],
      }
    },
    unlease: async (_workspaceId, ids) => {
      if (unleaseFails()) throw away()
      unleased.push(...ids)
    },
    mailer: {
      send: async ({ messageId }) => {
        sent.push(messageId)
        return answer?.(messageId) ?? { kind: 'accepted' }
      },
      wasAccepted: async () => undefined,
    },
    owner: 'here',
    jitter: () => 0,
    trip: follows,
    note: follows,
    giveBack: async (_workspaceId, destinations) => void givenBack.push(...destinations),
    log: { warn: () => undefined, error: (fields) => void logged.push(fields) },
  }
  return { sender: createPageSender(deps), sent, recorded, givenBack, unleased, logged }
}

const going = () => false

it('goes on after turns that failed, however many mails were to start in them', async () => {
  const { sender, sent } = senderWith({ fails: (_turn, number) => number <= 3 })
  await using _ = sender
  for (let failed = 0; failed < 3; failed += 1)
    await expect(sender.send('workspace', pageOf(20), going)).rejects.toMatchObject({ slug: 'database-away' })
  await sender.send('workspace', pageOf(20), going)
  expect(sent).toHaveLength(20)
})

it('gives back what a turn that failed may have leased, before anything else of the workspace', async () => {
  let away = true
  const { sender, sent, unleased } = senderWith({ fails: (_turn, number) => number === 1, unleaseFails: () => away })
  await using _ = sender
  for (let failed = 0; failed < 3; failed += 1)
    await expect(sender.send('workspace', pageOf(3), going)).rejects.toMatchObject({ slug: 'database-away' })
  expect(sender.owing()).toEqual(['workspace'])
  expect(sender.idle()).toBe(false)
  away = false
  await sender.record('workspace')
  expect(unleased).toEqual(pageOf(3).map(({ due }) => due.id))
  expect(sender.idle()).toBe(true)
  await sender.send('workspace', pageOf(3), going)
  expect(sent).toHaveLength(3)
  expect(unleased).toHaveLength(3)
})

it('keeps what has landed until a turn has recorded it, and sends none of it again', async () => {
  let refused = 0
  const { sender, sent, recorded } = senderWith({ fails: ({ results }) => results.length > 0 && ++refused <= 3 })
  await using _ = sender
  await expect(sender.send('workspace', pageOf(8), going)).rejects.toMatchObject({ slug: 'database-away' })
  expect(sender.idle()).toBe(false)
  expect(sender.owing()).toEqual(['workspace'])
  await expect(sender.record('workspace')).rejects.toMatchObject({ slug: 'database-away' })
  await sender.record('other')
  await expect(sender.send('workspace', [prepared(8)], going)).rejects.toMatchObject({ slug: 'database-away' })
  expect(sent).toHaveLength(8)
  await sender.record('workspace')
  expect(recorded.sort()).toEqual(pageOf(8).map(({ due }) => due.id))
  expect(sender.owing()).toEqual([])
  expect(sender.idle()).toBe(true)
})

it('keeps the result of a mail that lands when its page is through', async () => {
  let refused = 0
  const accepted = Promise.withResolvers<SendResult>()
  const { sender, recorded } = senderWith({
    fails: ({ results }) => results.some(({ due }) => due.id === 'notification-1') && ++refused === 1,
    answer: (messageId) => (messageId === '<1>' ? accepted.promise : Promise.resolve({ kind: 'accepted' })),
  })
  await using _ = sender
  await sender.send('workspace', pageOf(2), going)
  expect(recorded).toEqual(['notification-0'])
  accepted.resolve({ kind: 'accepted' })
  await until(() => refused === 1, { what: 'a turn that fails' })
  expect(sender.owing()).toEqual(['workspace'])
  await sender.record('workspace')
  expect(recorded).toEqual(['notification-0', 'notification-1'])
})

it('lets every mail leave that it has leased, whatever becomes of what follows from results', async () => {
  const { sender, sent, recorded } = senderWith({ follows: () => Promise.reject(away()) })
  await using _ = sender
  await sender.send('workspace', pageOf(20), going)
  expect(sent).toHaveLength(20)
  expect(recorded).toHaveLength(20)
})

it('records the others where the database refuses one result, and goes on without it', async () => {
  const { sender, sent, recorded, logged } = senderWith({
    refuses: ({ results }) => results.some(({ due }) => due.id === 'notification-3'),
  })
  await using _ = sender
  await sender.send('workspace', pageOf(20), going)
  const others = pageOf(20).flatMap(({ due }) => (due.id === 'notification-3' ? [] : [due.id]))
  expect(recorded.sort()).toEqual(others.sort())
  expect(sent).toHaveLength(20)
  expect(logged).toMatchObject([{ workspaceId: 'workspace', notificationId: 'notification-3' }])
  expect(sender.owing()).toEqual([])
  expect(sender.idle()).toBe(false)
})

it('lets no more leave than a kill may leave undecided where the database refuses every result, and goes on later', async () => {
  let refusing = true
  const { sender, sent, recorded } = senderWith({ refuses: ({ results }) => refusing && results.length > 0 })
  await using _ = sender
  for (let page = 0; page < 3; page += 1)
    await expect(sender.send('workspace', pageOf(20), going)).rejects.toMatchObject({ slug: 'results-refused' })
  expect(sent).toHaveLength(16)
  expect(recorded).toEqual([])
  refusing = false
  await sender.send('another', pageOf(20), going)
  expect(sent).toHaveLength(36)
})

it('says that a turn is refused which has no results', async () => {
  const { sender, sent } = senderWith({ refuses: ({ asked }) => asked.length > 0 })
  await using _ = sender
  await expect(sender.send('workspace', pageOf(3), going)).rejects.toMatchObject({ slug: 'turn-refused' })
  expect(sent).toEqual([])
})

it('records what is left before it is gone', async () => {
  let refused = 0
  const { sender, recorded } = senderWith({ fails: ({ results }) => results.length > 0 && ++refused <= 2 })
  await expect(sender.send('workspace', pageOf(3), going)).rejects.toMatchObject({ slug: 'database-away' })
  await sender[Symbol.asyncDispose]()
  expect(recorded).toHaveLength(3)
})

it('gives the one try of a destination back where it has not left', async () => {
  let stopped = false
  const { sender, sent, givenBack } = senderWith({
    fails: ({ asked }) => asked.some(({ id }) => id === 'notification-1'),
  })
  await using _ = sender
  await sender.send('workspace', [prepared(0, true)], () => stopped)
  expect(givenBack).toEqual([])
  await expect(sender.send('workspace', [prepared(1, true)], () => stopped)).rejects.toThrow()
  stopped = true
  await sender.send('workspace', [prepared(2, true), prepared(3)], () => stopped)
  expect(sent).toEqual(['<0>'])
  expect(givenBack).toEqual(['company-1.example', 'company-2.example'])
})
