import { expect, it } from 'vitest'
import { z } from 'zod'
import { readEnv, setting } from './env.ts'

const shape = { X_PORT: setting.port(0), X_PEER: setting.address('127.0.0.1:18010'), X_NAME: z.string().optional() }

it('reads what is there and fills in what is usual', () => {
  expect(readEnv(shape, { X_PEER: 'a:1' })).toEqual({ X_PORT: 0, X_PEER: 'a:1' })
})

it('names every variable that is missing or wrong, with an example', () => {
  expect(() => readEnv(shape, { X_PORT: 'many' })).toThrow(
    /X_PORT is "many".*\n?X_PEER is not set; for example X_PEER=127.0.0.1:18010/s,
  )
})
