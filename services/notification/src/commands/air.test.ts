import { expect, it } from 'vitest'
import { createAir, interleave } from './air.ts'
import type { Prepared } from './prepare-page.ts'

const prepared = (ticketId: string, destination: string) => ({ due: { ticketId }, destination }) as Prepared
const names = (mails: readonly Prepared[]) => mails.map(({ due }) => due.ticketId)

it('starts sixteen at most, and no two of one ticket', () => {
  const air = createAir(() => 0)
  const waiting = ['a', ...'abcdefghijklmnopq'].map((ticket) => prepared(ticket, 'x'))
  const taken = air.take(waiting)
  expect(names(taken)).toEqual([...'abcdefghijklmnop'])
  expect(names(waiting)).toEqual(['a', 'q'])
  expect(air.take(waiting)).toEqual([])
  for (const mail of taken) air.land(mail)
  expect(names(air.take(waiting))).toEqual(['a', 'q'])
})

it('lets a slow destination have one in flight, and slow ones together half of what there is', () => {
  let time = 0
  const air = createAir(() => time)
  const slow = [...'pqrstuvwxy']
  const first = air.take(slow.map((name) => prepared(`${name}1`, name)))
  expect(first).toHaveLength(10)
  time = 5_000
  for (const mail of first) air.land(mail)
  const again = [...slow, ...slow].map((name, at) => prepared(`${name}${at + 2}`, name))
  expect(names(air.take(again))).toEqual(['p2', 'q3', 'r4', 's5', 't6', 'u7', 'v8', 'w9'])
  expect(air.take([prepared('fast', 'other')])).toHaveLength(1)
})

it('calls a destination quick again when it is', () => {
  let time = 0
  const air = createAir(() => time)
  const [one] = air.take([prepared('1', 'x')])
  time = 2_000
  expect(air.take([prepared('2', 'x')])).toEqual([])
  if (one) air.land(one)
  const [two] = air.take([prepared('2', 'x')])
  expect(two).toBeDefined()
  if (two) air.land(two)
  expect(air.take([prepared('3', 'x'), prepared('4', 'x')])).toHaveLength(2)
})

it('takes destinations in turn', () => {
  const page = ['a', 'a', 'a', 'b', 'c', 'b'].map((destination, at) => prepared(String(at), destination))
  expect(names(interleave(page))).toEqual(['0', '3', '4', '1', '5', '2'])
})
