import { expect, it } from 'vitest'
import { useGiven } from '../src/infra/given.ts'

it('takes a given server that answers, and never ends it', async () => {
  const server = await useGiven('KAFKA_BROKERS', 'kafka:9092', () => Promise.resolve())
  expect(server).toMatchObject({ address: 'kafka:9092', given: true })
})

it('names the variable when the given server does not answer', async () => {
  const use = useGiven('KAFKA_BROKERS', 'kafka:9092', () => Promise.reject(new Error('refused')), 20)
  await expect(use).rejects.toThrow(
    'KAFKA_BROKERS names a server that does not answer: start that server, correct the variable, or unset it.',
  )
})
