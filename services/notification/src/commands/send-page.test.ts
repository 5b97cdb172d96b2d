import { unavailable } from '@umbel/kernel'
import { expect, it } from 'vitest'
import type { Prepared } from './prepare-page.ts'
import { createPageSender, type SendDeps } from './send-page.ts'

const prepared = (at: number) =>
  ({
    due: { id: `notification-${at}`, ticketId: `ticket-${at}`, operationId: null },
    mail: { messageId: `<${at}>` },
    body: '',
    destination: `company-${at}.example`,
  }) as unknown as Prepared

/** A sender whose database is away for its first turns. */
function senderWith(failures: number) {
  const sent: string[] = []
  let turns = 0
  const deps: SendDeps = {
    transact: () => Promise.reject(unavailable('database-away', 'not needed here')),
    takeTurn: async ({ asked }) => {
      turns += 1
      if (turns <= failures) throw unavailable('database-away', 'the database does not answer')
      return {
        leased: asked.map(({ id }) => ({ id, epoch: '1', attempt: 1, doubt: null })),
        failing: [],
      }
    },
    mailer: {
      send: async ({ messageId }) => {
        sent.push(messageId)
        return { kind: 'accepted' }
      },
      wasAccepted: async () => undefined,
    },
    owner: 'here',
    jitter: () => 0,
    trip: async () => undefined,
    note: async () => undefined,
    log: { warn: () => undefined },
  }
  return { sender: createPageSender(deps), sent }
}

it('goes on after turns that failed, however many mails were to start in them', async () => {
  const { sender, sent } = senderWith(3)
  await using _ = sender
  const page = Array.from({ length: 20 }, (_, at) => prepared(at))
  for (let failed = 0; failed < 3; failed += 1)
    await expect(sender.send('workspace', page, () => false)).rejects.toMatchObject({ slug: 'database-away' })
  expect(sender.idle()).toBe(true)
  await sender.send('workspace', page, () => false)
  expect(sent).toHaveLength(20)
})
