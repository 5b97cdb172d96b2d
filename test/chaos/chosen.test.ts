import { describe, expect, it } from 'vitest'
import { allFaults, chosenFaults, controlFault } from './faults.ts'
import { readOptions } from './options.ts'

const chosen = (...args: readonly string[]) => chosenFaults(readOptions(args))

describe('the faults of an invocation', () => {
  it('are all of them where nothing is said', () => expect(chosen()).toEqual(allFaults))

  it('are those that are named', () => {
    const names = chosen('--only', 'mail server slow,Kafka restarts during pause').map(({ name }) => name)
    expect(new Set(names)).toEqual(new Set(['Kafka restarts', 'mail server slow']))
  })

  it.each(['typo', 'mail server,typo'])('are none that nobody knows: %s', (only) =>
    expect(() => chosen('--only', only)).toThrow('no fault has typo in its name'),
  )

  it('is the one of a control', () => expect(chosen('--control', 'dedupOff')).toEqual([controlFault]))

  it.each(['0', 'many', '1.5'])('run a number of times that proves something: not %s', (runs) =>
    expect(() => readOptions(['--runs', runs])).toThrow('--runs takes a whole number'),
  )
})
