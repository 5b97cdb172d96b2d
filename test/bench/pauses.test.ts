import { describe, expect, it } from 'vitest'
import type { Operation } from '../support/shapes.ts'
import { movedOn } from './pauses.ts'

const operation = (applied: number, sent: number, finishedAt: string | null = null): Operation => ({
  id: 'operation-1',
  state: 'running',
  planHash: '',
  acceptedAt: '2026-01-01T10:00:00.000Z',
  closedAt: null,
  finishedAt,
  progress: {
    total: 1_000,
    pending: 1_000 - applied,
    applied,
    skipped: 0,
    failed: 0,
    cancelled: 0,
    notificationsOwed: applied,
    sent,
    withheld: 0,
    unknown: 0,
  },
})

describe('an operation that was resumed', () => {
  it('has not begun again while no more is done than when it was resumed', () =>
    expect(movedOn(operation(250, 30), 280)).toBeUndefined())

  it.each([
    ['a page', operation(500, 30)],
    ['a mail', operation(250, 31)],
    ['its end', operation(250, 30, '2026-01-01T10:00:01.000Z')],
  ])('has, with %s', (_, moving) => expect(movedOn(moving, 280)).toBe(moving))
})
