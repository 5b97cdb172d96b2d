import { describe, expect, it } from 'vitest'
import { type RecordedStanding, whatHappened } from './standing-record.ts'

const planned: RecordedStanding = { state: 'planned', epoch: 1, rate: 0, approvedBy: '', startedBy: '' }
const running: RecordedStanding = { ...planned, state: 'running', startedBy: 'ada' }
const paused: RecordedStanding = { ...running, state: 'paused', epoch: 2 }

describe('what happened to an operation', () => {
  it.each<[string, RecordedStanding, RecordedStanding]>([
    ['approved', planned, { ...planned, approvedBy: 'bob' }],
    ['started', planned, { ...planned, state: 'queued', startedBy: 'ada' }],
    ['running', { ...running, state: 'queued' }, running],
    ['paused', running, paused],
    ['resumed', paused, { ...running, epoch: 3 }],
    ['cancelled', paused, { ...paused, state: 'cancelled', epoch: 3 }],
    ['finished', paused, { ...paused, state: 'finished' }],
    ['rate', running, { ...running, rate: 60 }],
    ['retried', running, { ...running, epoch: 2 }],
  ])('is told in one word: %s', (what, before, now) => expect(whatHappened(before, now)).toBe(what))

  it('is nothing where only a page was done', () => expect(whatHappened(running, running)).toBeUndefined())
})
