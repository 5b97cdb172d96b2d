import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { takePort } from '../src/infra/ports.ts'

it('gives a free port when asked for any', async () => {
  const port = await takePort({ port: 0, use: 'Kafka', variable: 'UMBEL_KAFKA_PORT' })
  expect(await takePort({ port, use: 'Kafka', variable: 'UMBEL_KAFKA_PORT' })).toBe(port)
})

it('names the port that is taken, what for, and the variable that moves it', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const bound = squatter.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const take = takePort({ port, use: 'Kafka', variable: 'UMBEL_KAFKA_PORT' })
  await expect(take).rejects.toThrow(
    `Port ${port}, meant for Kafka, is taken: stop what listens there, or set UMBEL_KAFKA_PORT.`,
  )
  squatter.close()
})
