import { expect, it } from 'vitest'
import { noticeOf, type OperationStanding } from './notice.ts'

const standing = (more: Partial<OperationStanding>): OperationStanding => ({
  operationId: 'op-1',
  masterId: 'm-1',
  kind: 'set_status',
  state: 'finished',
  startedBy: 'ada',
  pauseReason: '',
  counts: { applied: 198, skipped: 2, failed: 0, sent: 197, sendFailed: 1 },
  ...more,
})

it('tells who started an operation how it ended, in one line', () => {
  const text = 'Set status finished: 198 applied, 2 skipped; mail: 197 sent, 1 not sent'
  expect(noticeOf('w', standing({}))).toMatchObject({
    agentId: 'ada',
    kind: 'operation-finished',
    ticketId: 'm-1',
    text,
  })
  const counts = { applied: 0, skipped: 0, failed: 0, sent: 0, sendFailed: 0 }
  expect(noticeOf('w', standing({ kind: 'note', state: 'cancelled', counts }))?.text).toBe(
    'Note cancelled: nothing to do',
  )
})

it('is silent about what the agent has just done, and where no agent started', () => {
  for (const state of ['planned', 'holding', 'running', 'paused', 'queued', 'waiting'])
    expect(noticeOf('w', standing({ state }))).toBeUndefined()
  expect(noticeOf('w', standing({ startedBy: '' }))).toBeUndefined()
  expect(noticeOf('w', standing({ state: 'paused', pauseReason: 'breaker' }))?.text).toContain('too many mails failed')
})

it('is the same notice however often it is told, and another for each end', () => {
  expect(noticeOf('w', standing({}))?.id).toBe(
    noticeOf('w', standing({ counts: { ...standing({}).counts, sent: 9 } }))?.id,
  )
  expect(noticeOf('w', standing({}))?.id).not.toBe(noticeOf('w', standing({ state: 'cancelled' }))?.id)
})
