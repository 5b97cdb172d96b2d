import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideOutcome, type Outcome, type SendResult } from './attempt.ts'
import { type Doubt, isEnd } from './notification.ts'

const results: fc.Arbitrary<SendResult> = fc.oneof(
  fc.constantFrom<SendResult>(
    { kind: 'accepted' },
    { kind: 'lost' },
    { kind: 'away' },
    { kind: 'stalled' },
    { kind: 'late' },
  ),
  fc.integer({ min: 400, max: 599 }).map((code): SendResult => ({ kind: 'refused', code })),
)

interface Model {
  attempts: number
  doubt: Doubt | null
  outcome: Outcome | undefined
  /** How many copies the recipient has for certain, and may have besides. */
  certain: number
  possible: number
}

class Send implements fc.Command<Model, object> {
  readonly result: SendResult
  readonly crashedBefore: boolean
  constructor(result: SendResult, crashedBefore: boolean) {
    this.result = result
    this.crashedBefore = crashedBefore
  }
  check = ({ outcome }: Model) => outcome === undefined || !isEnd(outcome.state)
  run(model: Model): void {
    if (this.crashedBefore) {
      model.attempts += 1
      model.doubt = 'crash'
      model.possible += 1
    }
    const outcome = decideOutcome({ number: model.attempts + 1, doubt: model.doubt }, this.result, 0.5)
    if (outcome.delivery !== null) model.attempts += 1
    if (this.result.kind === 'accepted') model.certain += 1
    if (this.result.kind === 'lost') model.possible += 1
    expect(isEnd(outcome.state)).toBe(outcome.delayMs === null)
    if (outcome.state === 'sent') expect([model.certain, model.possible]).toEqual([1, 0])
    if (outcome.state === 'failed') expect([model.certain, model.possible]).toEqual([0, 0])
    if (outcome.state === 'unknown') expect(model.possible).toBeGreaterThan(0)
    if (outcome.delivery === null) expect(outcome.doubt).toBe(model.doubt)
    model.doubt = outcome.doubt
    model.outcome = outcome
  }
  toString = () => `${this.crashedBefore ? 'crash, ' : ''}${JSON.stringify(this.result)}`
}

it('never says sent or failed of a mail that may have arrived another time, whatever servers and crashes do', () => {
  const commands = [fc.tuple(results, fc.boolean()).map(([result, crashed]) => new Send(result, crashed))]
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 20 }), (run) => {
      fc.modelRun(
        () => ({ model: { attempts: 0, doubt: null, outcome: undefined, certain: 0, possible: 0 }, real: {} }),
        run,
      )
    }),
  )
})

it('ends after six attempts at the latest, however a server puts it off', () => {
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 499 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (code, jitter) => {
      const outcomes = [1, 2, 3, 4, 5, 6].map((number) =>
        decideOutcome({ number, doubt: null }, { kind: 'refused', code }, jitter),
      )
      expect(outcomes.map(({ state }) => state)).toEqual(['retry', 'retry', 'retry', 'retry', 'retry', 'failed'])
    }),
  )
})

it('says why a mailbox takes no mail', () => {
  const reason = (code: number) => decideOutcome({ number: 1, doubt: null }, { kind: 'refused', code }, 0).reason
  expect([550, 552, 554].map(reason)).toEqual(['mailbox-unavailable', 'mailbox-full', 'mail-rejected'])
})
