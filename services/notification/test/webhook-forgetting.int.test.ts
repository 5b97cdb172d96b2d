import { newId } from '@umbel/kernel/ids'
import { openDatabase } from '@umbel/service-kit/store'
import { expect, it } from 'vitest'
import { forgetOld } from '../src/store/forget-old.ts'
import { type NotificationWorld, startNotificationWorld } from './world.ts'

/** Runs what is swept by the hour. */
async function sweep({ database: { urls } }: NotificationWorld): Promise<void> {
  await using app = openDatabase({ url: urls.app, applicationName: 'test' })
  await using claimer = openDatabase({ url: urls.claimer, applicationName: 'test claimer' })
  await forgetOld(app, claimer)()
}

/** Messages of an endpoint that was taken away, each with one attempt. */
async function toldAgo(world: NotificationWorld, workspaceId: string, days: number, count: number): Promise<void> {
  await world.sql(
    `with told as (
       insert into webhook_message (workspace_id, id, webhook_id, ticket_id, type, payload, state, created_at)
       select $1, gen_random_uuid(), $2, $2, 'ticket.opened', '{}', 'sent', clock_timestamp() - make_interval(days => $3)
         from generate_series(1, $4) returning workspace_id, id)
     insert into webhook_delivery (workspace_id, message_id, attempt, result, detail)
     select workspace_id, id, 1, 'sent', 'http-200' from told`,
    [workspaceId, newId(), days, count],
  )
}

const kept = async (world: NotificationWorld, workspaceId: string) => {
  const [found] = await world.sql<{ messages: number; deliveries: number }>(
    `select (select count(*)::int from webhook_message where workspace_id = $1) as messages,
            (select count(*)::int from webhook_delivery where workspace_id = $1) as deliveries`,
    [workspaceId],
  )
  return found
}

it('forgets in every workspace what endpoints were told 90 days ago, however much it is, and nothing younger', async () => {
  await using world = await startNotificationWorld()
  const [few, many, none] = [world.workspaceId, newId(), newId()]
  await toldAgo(world, few, 91, 3)
  await toldAgo(world, few, 89, 4)
  await toldAgo(world, many, 100, 2_001)
  await toldAgo(world, none, 1, 5)
  await sweep(world)
  await sweep(world)
  expect(await kept(world, few)).toEqual({ messages: 4, deliveries: 4 })
  expect(await kept(world, many)).toEqual({ messages: 0, deliveries: 0 })
  expect(await kept(world, none)).toEqual({ messages: 5, deliveries: 5 })
})

it('forgets idempotency keys after 72 hours, and not before', async () => {
  await using world = await startNotificationWorld()
  const { workspaceId, admin } = world
  const put = (key: string) =>
    admin.putWebhook({
      workspaceId,
      idempotency: { key, digest: new Uint8Array([1]) },
      webhook: { url: 'https://hooks.example/in' },
    })
  const [first, second] = [await put('first'), await put('second')]
  await world.sql("update idempotency_key set created_at = clock_timestamp() - interval '73 hours' where key = 'first'")
  await sweep(world)
  expect((await put('first')).webhook?.id).not.toBe(first.webhook?.id)
  expect(await put('second')).toEqual(second)
})
