import { startProxy, until } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import type { Mailer } from '../src/commands/send-one.ts'
import type { SendResult } from '../src/domain/attempt.ts'
import { type NotificationWorld, startNotificationWorld } from './world.ts'

const leases = (world: NotificationWorld) => world.sql<{ until: Date }>('select until from lease')

it('sends a mail once whose record was cut off with the connection', async () => {
  const accepted: string[] = []
  const answer = Promise.withResolvers<SendResult>()
  await using world = await startNotificationWorld({
    wasAccepted: () => Promise.resolve(undefined),
    send: ({ messageId }) => {
      accepted.push(messageId)
      return answer.promise
    },
  })
  await world.tell(world.child())
  await until(() => accepted.length === 1, { what: 'a mail in flight' })
  const other = new pg.Client({ connectionString: world.database.adminUrl })
  await other.connect()
  try {
    await other.query('begin; select from lease for update')
    answer.resolve({ kind: 'accepted' })
    await until(
      async () => {
        const found = await world.sql(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%send_turn%'`,
        )
        return found.length > 0
      },
      { what: 'a turn in the middle' },
    )
  } finally {
    await other.end()
  }
  await until(async () => (await leases(world)).length === 0, { what: 'the record' })
  await world.settled()
  expect(await world.states()).toEqual(['sent'])
  expect(accepted).toHaveLength(1)
})

it('renews the leases that no turn has in hand, and waits for none of the others', async () => {
  const answer = Promise.withResolvers<SendResult>()
  await using world = await startNotificationWorld({
    wasAccepted: () => Promise.resolve(undefined),
    send: () => answer.promise,
  })
  await world.tell(world.child(), world.child())
  await until(async () => (await leases(world)).length === 2, { what: 'two mails in flight' })
  const other = new pg.Client({ connectionString: world.database.adminUrl })
  await other.connect()
  const free = async () => {
    const found = await world.sql<{ until: Date }>('select until from lease for update skip locked')
    return Number(found[0]?.until)
  }
  try {
    await other.query('set idle_in_transaction_session_timeout = 0; begin; select from lease limit 1 for update')
    const first = await free()
    await until(async () => (await free()) > first + 2_000, { what: 'two renewals' })
  } finally {
    await other.end()
    answer.resolve({ kind: 'accepted' })
  }
  await world.settled()
  expect(await world.states()).toEqual(['sent', 'sent'])
})

it('sends once, and without a doubt, what a turn has leased whose answer was lost', async () => {
  await using world = await startNotificationWorld()
  await world.server[Symbol.asyncDispose]()
  const app = new URL(world.config.databases.app)
  let lost = 0
  await using proxy = await startProxy({ host: app.hostname, port: Number(app.port) }, (answer) => {
    // of a turn that has recorded results and leased the next: the first that comes once a mail has arrived
    const ofTurn = answer.includes('failing') && /SELECT ([1-9]|1[0-6])\0/.test(answer.toString('latin1'))
    if (lost > 0 || !ofTurn || world.mailbox.messages().length === 0) return answer
    lost += 1
    proxy.cut()
    proxy.mend()
    return answer
  })
  app.port = String(proxy.port)
  world.server = await world.start(undefined, { databases: { ...world.config.databases, app: app.href } })
  const children = Array.from({ length: 20 }, () => world.child())
  await world.tell(...children)
  await until(() => lost === 1, { what: 'a lost answer' })
  await until(async () => (await leases(world)).length === 0, { what: 'the end of every lease' })
  await world.settled()
  expect(await world.states()).toEqual(children.map(() => 'sent'))
  expect(world.mailbox.recipients()).toEqual(children.map(({ address }) => address).sort())
  const deliveries = await world.sql<{ result: string }>('select result from delivery')
  expect(deliveries.map(({ result }) => result)).toEqual(children.map(() => 'sent'))
  const streams = await world.sql<{ version: string }>('select version from stream')
  expect(streams.map(({ version }) => version)).toEqual(children.map(() => '1'))
})

it('leases under a name that no other run of the same place has', async () => {
  const flying: PromiseWithResolvers<SendResult>[] = []
  const mailer: Mailer = {
    wasAccepted: () => Promise.resolve(undefined),
    send() {
      const answer = Promise.withResolvers<SendResult>()
      flying.push(answer)
      return answer.promise
    },
  }
  await using world = await startNotificationWorld(mailer)
  const ownerOfNext = async () => {
    await world.tell(world.child())
    const flight = await until(() => flying.pop(), { what: 'a mail in flight' })
    const [lease] = await world.sql<{ owner: string }>('select owner from lease')
    flight.resolve({ kind: 'accepted' })
    await world.settled()
    return lease?.owner
  }
  const first = await ownerOfNext()
  await world.server[Symbol.asyncDispose]()
  world.server = await world.start(mailer)
  expect(await ownerOfNext()).not.toBe(first)
})

it('records and sends the others while the database refuses one result, and sends the mail of that one once', async () => {
  await using world = await startNotificationWorld()
  await world.sql('create table refused (ticket_id uuid)')
  await world.sql(
    `create function refuse() returns trigger language plpgsql security definer as $$
     begin
       if exists (select from public.refused r where r.ticket_id = new.ticket_id) then
         raise 'never' using errcode = 'check_violation';
       end if;
       return new;
     end $$`,
  )
  await world.sql('create trigger refuse before update on notification for each row execute function refuse()')
  const children = Array.from({ length: 20 }, () => world.child())
  await world.sql('insert into refused values ($1)', [children[0]?.ticketId])
  await world.tell(...children)
  const sent = async () => (await world.states()).filter((state) => state === 'sent').length
  await until(async () => (await sent()) === 19, { what: 'all the others' })
  const [first] = await leases(world)
  await until(async () => +((await leases(world))[0]?.until ?? 0) > +(first?.until ?? 0) + 3_000, {
    what: 'a lease that outlives itself',
  })
  await world.sql('truncate refused')
  await until(async () => (await sent()) === 20, { what: 'the record of the last', deadlineMs: 15_000 })
  await world.settled()
  expect(world.mailbox.recipients()).toEqual(children.map(({ address }) => address).sort())
})

it('keeps what was accepted for as long as the database does not take it', async () => {
  await using world = await startNotificationWorld()
  await world.sql('create table refusing ()')
  await world.sql(
    `create function refuse() returns trigger language plpgsql security definer as $$
     begin
       if exists (select from public.refusing) then raise 'not now' using errcode = 'deadlock_detected'; end if;
       return old;
     end $$`,
  )
  await world.sql('create trigger refuse before delete on lease for each row execute function refuse()')
  await world.sql('insert into refusing default values')
  const children = [world.child(), world.child()]
  await world.tell(...children)
  await until(() => world.mailbox.messages().length === 2, { what: 'both mails' })
  const [first] = await leases(world)
  const longer = async () => {
    const found = await leases(world)
    return found.length === 2 && found.every((lease) => +lease.until > +(first?.until ?? 0) + 3_000)
  }
  await until(longer, { what: 'leases that outlive themselves', deadlineMs: 15_000 })
  await world.sql('truncate refusing')
  await until(async () => (await leases(world)).length === 0, { what: 'the record' })
  await world.settled()
  expect(await world.states()).toEqual(['sent', 'sent'])
  expect(world.mailbox.messages()).toHaveLength(2)
})
