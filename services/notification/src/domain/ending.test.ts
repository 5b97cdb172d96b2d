import { expect, it } from 'vitest'
import { type Change, endingsOf } from './ending.ts'

const cause = (name: string) => Buffer.from(name)
const change = (id: string, operationId: string | null, of = 'cause'): Change => ({
  id,
  ticketId: `ticket-${id}`,
  channel: 'mail',
  operationId,
  cause: cause(of),
  state: 'sent',
  reason: '',
  attempts: 1,
})
const told = (changes: readonly Change[]) =>
  endingsOf(changes).map(({ streamKey, subject, changes: ends }) => [
    streamKey,
    subject,
    ends.map(({ id }) => id).join(),
  ])

it('tells what one cause of an operation brought together, and everything else by itself', () => {
  const changes = [change('1', 'a'), change('2', null), change('3', 'b'), change('4', 'a'), change('5', null)]
  expect(told(changes)).toEqual([
    ['causes:a', 'a', '1,4'],
    ['notifications:ticket-2', 'ticket-2', '2'],
    ['causes:b', 'b', '3'],
    ['notifications:ticket-5', 'ticket-5', '5'],
  ])
})

it('keeps the causes of an operation apart: an event has one', () => {
  const endings = endingsOf([
    change('1', 'a', 'first step'),
    change('2', 'a', 'second step'),
    change('3', 'a', 'first step'),
  ])
  expect(endings.map((ending) => [String(ending.cause), ending.changes.length])).toEqual([
    ['first step', 2],
    ['second step', 1],
  ])
})

it('keeps an event small enough for the broker, and the order of its ends', () => {
  const changes = Array.from({ length: 1_001 }, (_, at) => change(String(at), 'a'))
  const endings = endingsOf(changes)
  expect(endings.map((ending) => ending.changes.length)).toEqual([500, 500, 1])
  expect(endings.flatMap((ending) => ending.changes)).toEqual(changes)
})
