import { type CauseTripped, CauseTrippedSchema, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { dataOf, decodeEvent } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { createMailer } from '../src/outbound/mailer.ts'
import { polite, scripted } from './scripted-server.ts'
import { type NotificationWorld, startNotificationWorld } from './world.ts'

const DEAD = 'dead.example'

/** The world, with mails leaving over this server instead of the mailbox. */
async function startOver(url: string): Promise<NotificationWorld> {
  const world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  world.server = await world.start(createMailer({ url, now: () => new Date() }))
  return world
}

const sent = async (world: NotificationWorld) => (await world.states()).filter((state) => state === 'sent').length

it('sends to 99 destinations while the hundredth never answers', async () => {
  await using server = await scripted((line) => (line.includes(DEAD) ? '' : polite(line)))
  await using world = await startOver(server.url)
  const children = Array.from({ length: 300 }, (_, at) =>
    world.child({ address: `c${at}@${at % 100 === 0 ? DEAD : `d${at % 100}.example`}` }),
  )
  await world.tell(...children)
  await until(async () => (await sent(world)) === 297, { what: 'everybody else', deadlineMs: 25_000 })
  expect((await world.states()).filter((state) => state !== 'sent')).toHaveLength(3)
})

it('lets a destination rest that fails five times in a row, tries with one, and goes on when that went well', async () => {
  let failing = true
  let tries = 0
  await using server = await scripted((line) => {
    if (!line.startsWith('RCPT')) return polite(line)
    if (line.includes(DEAD)) tries += 1
    return failing && line.includes(DEAD) ? '451 later\r\n' : '250 ok\r\n'
  })
  await using world = await startOver(server.url)
  await world.tell(...Array.from({ length: 20 }, (_, at) => world.child({ address: `c${at}@${DEAD}` })))
  const resting = () => world.sql<{ name: string }>('select name from destination where rest_ms > 0')
  await until(async () => (await resting()).length === 1, { what: 'a rest' })
  await world.tell(world.child({ address: 'other@well.example' }))
  await until(async () => (await sent(world)) === 1, { what: 'mail to another destination' })
  expect(tries).toBeLessThan(25)
  failing = false
  await until(async () => (await sent(world)) === 21, { what: 'all mails', deadlineMs: 28_000 })
  expect(await resting()).toEqual([])
})

it('lets the next mail try how a destination is when the one that was to try could not tell', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  await world.sql(
    `insert into destination (workspace_id, name, failures, rest_ms, rests_until, probing)
     values ($1, $2, 5, 5000, clock_timestamp(), false)`,
    [world.workspaceId, DEAD],
  )
  let tries = 0
  world.server = await world.start({
    wasAccepted: () => Promise.resolve(undefined),
    send: () => Promise.resolve(++tries === 1 ? { kind: 'away' } : { kind: 'accepted' }),
  })
  await world.tell(world.child({ address: `c@${DEAD}` }))
  await until(async () => (await sent(world)) === 1, { what: 'the second try' })
  expect(await world.sql('select from destination')).toEqual([])
})

it('holds an operation of which more than one in twenty fails after a hundred results, says so once, and goes on when released', async () => {
  await using world = await startNotificationWorld()
  const heard: CauseTripped[] = []
  await using _listening = await world.broker.subscribe({
    group: 'test',
    topics: [topics.notification.events.name],
    onBatch: async ({ messages }) => {
      const events = messages.map(decodeEvent).filter(({ type }) => type === CauseTrippedSchema.typeName)
      heard.push(...events.map((event) => dataOf(CauseTrippedSchema, event)))
    },
  })
  const operationId = newId()
  const children = Array.from({ length: 150 }, () => ({ ...world.child(), operationId }))
  for (const { address } of children.slice(0, 20)) world.mailbox.refuse(address, { code: 550 })
  await world.tell(...children)
  await until(() => heard.length === 1, { what: 'the trip' })
  await world.settled()
  const states = await world.states()
  const held = states.filter((state) => state === 'held').length
  expect(held).toBeGreaterThan(0)
  expect(states.every((state) => /^(held|sent|failed mailbox-unavailable)$/.test(state))).toBe(true)
  expect(heard[0]).toMatchObject({ operationId })
  expect(Number(heard[0]?.results)).toBeGreaterThanOrEqual(100)
  expect(Number(heard[0]?.failed)).toBeGreaterThan(Number(heard[0]?.results) / 20)
  await world.rpc.releaseCause({ workspaceId: world.workspaceId, operationId, epoch: 1n })
  await until(async () => (await world.states()).every((state) => state !== 'held'), { what: 'the release' })
  await world.settled()
  expect(await world.states()).toEqual([
    ...Array.from({ length: 20 }, () => 'failed mailbox-unavailable'),
    ...Array.from({ length: 130 }, () => 'sent'),
  ])
  expect(heard).toHaveLength(1)
})
