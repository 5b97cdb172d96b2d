import { expect, it } from 'vitest'
import { afterFailure, destinationOf, isTrouble, type Trouble } from './destination.ts'

const well: Trouble = { failures: 0, restMs: 0, probing: false }
const fail = (times: number, from = well) => Array.from({ length: times }).reduce<Trouble>(afterFailure, from)

it('rests after five failures in a row, twice as long after each probe that fails, a quarter of an hour at most', () => {
  expect(fail(4).restMs).toBe(0)
  expect(fail(5)).toEqual({ failures: 5, restMs: 5_000, probing: false })
  let trouble = fail(5)
  const rests = Array.from({ length: 10 }, () => {
    trouble = afterFailure({ ...trouble, probing: true })
    return trouble.restMs / 1_000
  })
  expect(rests).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900, 900])
})

it('does not rest longer for what had left before', () => {
  expect(fail(8).restMs).toBe(5_000)
})

it('knows a destination in trouble from a mailbox that is', () => {
  expect([421, 450, 451, 452, 550].map((code) => isTrouble({ kind: 'refused', code }))).toEqual([
    true,
    false,
    true,
    false,
    false,
  ])
  expect(isTrouble({ kind: 'stalled' })).toBe(true)
  expect(isTrouble({ kind: 'away' })).toBeUndefined()
  expect(destinationOf('A@Customer.Example')).toBe('customer.example')
})
