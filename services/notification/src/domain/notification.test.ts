import { expect, it } from 'vitest'
import { type Owed, raise } from './notification.ts'

const owed: Owed = {
  ticketId: 't1',
  commentId: 'c1',
  recipientId: 'r1',
  operationId: null,
  step: 0,
  quiet: false,
  cause: new Uint8Array(),
}

it('is the same notification for the same cause, step, ticket and recipient, whichever comment carries it', () => {
  const first = raise('w', { ...owed, operationId: 'o1', step: 1 }, 'open')
  expect(raise('w', { ...owed, commentId: 'c2', operationId: 'o1', step: 1 }, 'open').id).toBe(first.id)
  expect(raise('w', { ...owed, operationId: 'o1', step: 2 }, 'open').id).not.toBe(first.id)
  expect(raise('w2', { ...owed, operationId: 'o1', step: 1 }, 'open').id).not.toBe(first.id)
  expect(raise('w', owed, 'open').id).not.toBe(first.id)
})

it('begins where its operation and its source want it', () => {
  const begins = (quiet: boolean, mode: 'open' | 'held' | 'withheld') => {
    const { state, reason } = raise('w', { ...owed, quiet }, mode)
    return `${state} ${reason}`.trim()
  }
  expect(begins(false, 'open')).toBe('pending')
  expect(begins(false, 'held')).toBe('held')
  expect(begins(false, 'withheld')).toBe('withheld operation-cancelled')
  expect(begins(true, 'open')).toBe('skipped import')
})
