import { describe, expect, it } from 'vitest'
import { check } from './check/check.ts'
import { type Finding, RUN_ENDS } from './check/finding.ts'
import { outcomeOf, reportOf } from './report.ts'
import type { RunResult } from './run.ts'

const run = (findings: readonly Finding[], struck = true, fault = 'kill linking at random'): RunResult => {
  const counted = { lost: 0, doubled: 0, foreignTokens: 0 }
  for (const { counter } of findings) if (counter in counted) counted[counter as keyof typeof counted] += 1
  const verdict = { ...check([]), ...counted, findings }
  return { run: 1, fault, scenario: 'close', seed: 1, history: 'run-001.jsonl', struck, recoveredS: 1, verdict }
}
const found = (counter: Finding['counter'], more: Partial<Finding> = {}): Finding => ({
  counter,
  rule: 'a-rule',
  what: 'what was found',
  lines: [1],
  ...more,
})
const named = { operationId: 'operation-1', ticketId: 'child-1' }
const brokeOff = run([found('lost', { rule: RUN_ENDS })], false)
const free = { control: undefined }
const control = { control: 'dedupOff' } as const

describe('an invocation', () => {
  it('passes when every fault struck and nothing was found', () =>
    expect(outcomeOf(free, [run([]), run([], false)])).toEqual({ code: 0, why: [] }))

  it('fails when something was found', () => expect(outcomeOf(free, [run([found('lost')])]).code).toBe(1))

  it('fails when a fault struck in none of its runs, and names it', () => {
    const idle = run([], false, 'kill operation at operation.slice.ended@1')
    const story = 'kill operation at operation.slice.ended@1 during close'
    expect(outcomeOf(free, [run([]), idle, idle])).toEqual({ code: 1, why: [`${story}: did not strike in any run`] })
    expect(reportOf(free, [run([]), idle, idle])).toMatchObject({ runs: 1, untried: [story] })
  })
})

describe('a control', () => {
  it.each(['doubled', 'foreignTokens'] as const)(
    'was seen where something is %s, of an operation and a child',
    (which) => expect(outcomeOf(control, [run([found(which, named)])]).code).toBe(1),
  )

  it.each([
    ['something else was found', run([found('lost', named)])],
    ['the child is not named', run([found('doubled', { operationId: 'operation-1', ticketId: '' })])],
    ['the operation is not named', run([found('foreignTokens', { ticketId: 'child-1' })])],
    ['nothing was found', run([])],
  ])('was not seen where %s', (_, result) =>
    expect(outcomeOf(control, [result])).toEqual({
      code: 0,
      why: ['control dedupOff: the checker saw nothing of it'],
    }),
  )

  it('that broke off is an error of its own', () => {
    const { code, why } = outcomeOf(control, [brokeOff])
    expect(code).toBe(2)
    expect(why).toEqual(['control dedupOff: the run broke off, which says nothing of the checker'])
  })
})
