import { expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

it('names what is counted after the service, and reads gauges at the scrape', async () => {
  const metrics = createMetrics('sync-policy')
  metrics.counter('decision_count', 'Decisions').inc(2)
  metrics.gauge('outbox_lag', 'Seconds', async () => 1.5)
  metrics.consume.messages('sync-policy.on-ticket-event', 'handled', 3)
  metrics.rpc.handled('umbel.x.v1.X/Get', 'NOT_FOUND', 0.02)
  const text = await metrics.text()
  expect(text).toContain('umbel_sync_policy_decision_count 2')
  expect(text).toContain('umbel_sync_policy_outbox_lag 1.5')
  expect(text).toContain('umbel_sync_policy_event_messages{consumer="sync-policy.on-ticket-event",outcome="handled"} 3')
  expect(text).toContain(
    'umbel_sync_policy_rpc_duration_bucket{le="0.025",method="umbel.x.v1.X/Get",code="NOT_FOUND"} 1',
  )
})

it('goes on with the scrape where a gauge cannot be read, and keeps its last value', async () => {
  const metrics = createMetrics('x')
  let away = false
  metrics.gauge('outbox_rows', 'Rows', async () => {
    if (away) throw new Error('the database is away')
    return 7
  })
  await metrics.text()
  away = true
  await metrics.text()
  const text = await metrics.text()
  expect(text).toContain('umbel_x_outbox_rows 7')
  expect(text).toMatch(/umbel_x_gauge_failures\{gauge="outbox_rows"\} \d/)
})
