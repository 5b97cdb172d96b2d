import { expect, it } from 'vitest'
import { createMetrics, serveHealth } from '../src/index.ts'

it('lives from the start, is ready when it says so, and shows what it counts', async () => {
  let ready: () => boolean = () => false
  await using health = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    ready: () => ready(),
    metrics: createMetrics('sample'),
  })
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${health.port}${path}`)).status
  expect(await ask('/livez')).toBe(200)
  expect(await ask('/readyz')).toBe(503)
  ready = () => {
    throw new Error('the database is away')
  }
  expect(await ask('/readyz')).toBe(503)
  ready = () => true
  expect(await ask('/readyz')).toBe(200)
  expect(await ask('/metrics')).toBe(200)
  expect(await ask('/other')).toBe(404)
})

it('says which port is taken', async () => {
  const options = { host: '127.0.0.1', ready: () => true, metrics: createMetrics('sample') }
  await using first = await serveHealth({ ...options, port: 0 })
  await expect(serveHealth({ ...options, port: first.port })).rejects.toMatchObject({ slug: 'port-taken' })
})
