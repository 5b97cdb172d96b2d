import { describe, expect, it } from 'vitest'
import { currentDetails } from './details.ts'

const view = { state: 'running', closed: false, applied: 7, skipped: 1, failed: 3, cancelled: 0, left: 9 }

describe('what an operator sees of an operation', () => {
  it('is how far it has come, what failed for which reason, and where to look', () => {
    const told = currentDetails({ ...view, rate: 60, failures: { gone: 1, refused: 2 } }, 'https://desk.example/o/1')
    expect(told).toBe(`**running** · at most 60 children a minute

| applied | skipped | failed | cancelled | left |
|--:|--:|--:|--:|--:|
| 7 | 1 | 3 | 0 | 9 |

- 2 failed: \`refused\`
- 1 failed: \`gone\`

[The operation](https://desk.example/o/1)`)
  })

  it('is short where there is nothing to say', () => {
    expect(currentDetails({ ...view, rate: 0, failures: {} }, '').split('\n')).toHaveLength(5)
  })
})
