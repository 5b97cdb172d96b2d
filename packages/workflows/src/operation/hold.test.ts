import { describe, expect, it } from 'vitest'
import { holdTime } from './hold.ts'
import { firstSlice } from './slices.ts'

const input = { workspaceId: 'w', operationId: 'o', masterId: 'm', kind: 'broadcast', itemsTotal: 3, holdMs: 15_000 }

describe('the hold of an operation', () => {
  it('lasts as long as it was launched with', () => expect(holdTime(input)).toBe(15_000))

  it('is over where a run continues an earlier one', () =>
    expect(holdTime({ ...input, cursor: firstSlice(input) })).toBe(0))

  it('is over for what was cancelled', () => expect(holdTime({ ...input, wanted: 'cancelled' })).toBe(0))

  it('is never negative: a launch may come after its end', () => expect(holdTime({ ...input, holdMs: -5 })).toBe(0))
})
