import { describe, expect, it } from 'vitest'
import { noChange, type Operation } from './operation.ts'
import { decideApproval, decideStart, mayStartUnseen } from './start.ts'

const at = (second: number) => new Date(second * 1_000)
const leak = {
  kind: 'leak' as const,
  field: 'text',
  message: '',
  blocks: true,
  phrase: 'Acme',
  leakKind: 'customer',
  ticketNumbers: [],
}
const operation = (more: Partial<Operation> = {}): Operation => ({
  id: 'o-1',
  kind: 'labels',
  masterId: 'm-1',
  state: 'planned',
  epoch: 1,
  planHash: 'hash',
  text: '',
  variants: [],
  change: noChange,
  findings: [],
  overrideReason: '',
  overriddenBy: '',
  needsApproval: false,
  approvedBy: '',
  approvedAt: null,
  holdSeconds: 0,
  rate: 0,
  pageDueAt: null,
  queuedAt: null,
  queuePosition: 0,
  pauseReason: '',
  progressVersion: 1,
  linkSeq: 0,
  step: 1,
  waitingUntil: null,
  lane: 'people',
  masterVersion: 0,
  cause: null,
  applying: 99,
  hidden: 0,
  plannedBy: 'ada',
  startedBy: '',
  plannedAt: at(0),
  expiresAt: at(100),
  acceptedAt: null,
  holdEndsAt: null,
  closedAt: null,
  finishedAt: null,
  launchedAt: null,
  armed: false,
  attentionAt: null,
  watchAt: null,
  retriesMails: false,
  cancelComplete: false,
  items: { total: 99, pending: 99, applied: 0, skipped: 0, failed: 0, cancelled: 0 },
  notifications: { pending: 0, sent: 0, skipped: 0, withheld: 0, suppressed: 0, failed: 0, unknown: 0 },
  ...more,
})
const start = (more: Partial<Operation>, asked = { planHash: 'hash', confirm: 0 }) =>
  decideStart(operation(more), asked, at(50))
const approve = (more: Partial<Operation>, by = 'bob', planHash = 'hash') =>
  decideApproval(operation(more), { planHash, by }, at(50))
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('a start', () => {
  it.each([
    ['plan-changed', { planHash: 'another' }],
    ['operation-finished', { state: 'cancelled' }],
    ['plan-expired', { expiresAt: at(50) }],
    ['plan-expired', { state: 'expired' }],
    ['finding-blocks', { findings: [leak] }],
    ['approval-missing', { needsApproval: true }],
    ['confirm-missing', { applying: 100 }],
  ] as const)('is refused by name: %s', (name, more) => expect(() => start(more)).toThrow(slug(name)))

  it('begins what nothing stands against', () => {
    expect(start({})).toBe('start')
    expect(start({ applying: 100 }, { planHash: 'hash', confirm: 100 })).toBe('start')
    expect(start({ needsApproval: true, approvedBy: 'bob', findings: [{ ...leak, blocks: false }] })).toBe('start')
  })

  it('said twice is one', () => expect(start({ acceptedAt: at(1), expiresAt: at(2) })).toBe('started'))
})

describe('an approval', () => {
  it.each([
    ['plan-changed', { planHash: 'another' }],
    ['operation-started', { acceptedAt: at(1) }],
    ['operation-finished', { state: 'cancelled' }],
    ['plan-expired', { expiresAt: at(50) }],
  ] as const)('is refused by name: %s', (name, more) => expect(() => approve(more)).toThrow(slug(name)))

  it('is never the planner’s own, also of what is approved', () =>
    expect(() => approve({ approvedBy: 'bob' }, 'ada')).toThrow(slug('approval-by-planner')))

  it('is given once', () => {
    expect(approve({})).toBe('approve')
    expect(approve({ approvedBy: 'eve' })).toBe('approved')
  })
})

describe('a plan that nobody has to look at', () => {
  it.each([
    [true, {}],
    [false, { kind: 'broadcast', text: 'hello' }],
    [false, { kind: 'close', text: 'bye' }],
    [true, { kind: 'close' }],
    [true, { kind: 'note', text: 'hello' }],
    [false, { applying: 100 }],
    [false, { findings: [{ ...leak, blocks: false }] }],
    [false, { needsApproval: true }],
  ] as const)('may begin at once: %s, %j', (may, more) => expect(mayStartUnseen(operation(more))).toBe(may))
})
