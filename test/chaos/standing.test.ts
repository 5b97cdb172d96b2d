import { describe, expect, it } from 'vitest'
import type { RunFigures } from './artefact.ts'
import { stillBroken, type TableData } from './standing.ts'
import { pageOf } from './table.ts'

const BEFORE = '2026-01-01T10:00:00.000Z'
const LATER = '2026-01-01T11:00:00.000Z'

const run = (findings: number, change: Partial<RunFigures> = {}): RunFigures => ({
  run: 1,
  fault: 'Kafka restarts',
  scenario: 'pause',
  seed: 1,
  history: 'run-001.jsonl',
  struck: true,
  recoveredS: 2,
  verdict: {
    lost: findings,
    doubled: 0,
    foreignTokens: 0,
    orderBreaks: 0,
    changesAfterPause: 0,
    mailsAfterPause: 0,
    operations: 1,
    acknowledged: 10,
    unknown: 0,
  },
  findings,
  ...change,
})
const held = (times: number, change: Partial<RunFigures> = {}) => Array.from({ length: times }, () => run(0, change))
const dated = (committedAt: string, runs: readonly RunFigures[]) => runs.map((each) => ({ ...each, committedAt }))

const table = (...made: readonly (readonly [committedAt: string, runs: readonly RunFigures[]])[]): TableData => ({
  made: made.map(([committedAt, runs]) => ({
    commit: committedAt,
    committedAt,
    command: 'npm run chaos',
    runs: runs.length,
  })),
  runs: made.flatMap(([, runs]) => runs),
})

const broken = dated(BEFORE, [run(2)])

describe('what a run found', () => {
  it('stands however often its story holds at the same commit', () =>
    expect(stillBroken([...broken, ...dated(BEFORE, held(300))])).toEqual(broken))

  it('stands until its story has held three times at a later commit', () => {
    expect(stillBroken([...broken, ...dated(LATER, held(2))])).toEqual(broken)
    expect(stillBroken([...broken, ...dated(LATER, held(3))])).toEqual([])
  })

  it('is not mended by an earlier commit that is named later', () =>
    expect(stillBroken([...dated(LATER, [run(2)]), ...dated(BEFORE, held(3))])).toEqual(dated(LATER, [run(2)])))

  it('is not mended by another story, nor by runs whose harm was not done', () => {
    const others = [...held(3, { scenario: 'cancel' }), ...held(3, { struck: false })]
    expect(stillBroken([...broken, ...dated(LATER, others)])).toEqual(broken)
  })
})

describe('a row', () => {
  it('keeps the numbers of what stands', () => {
    const page = pageOf(table([BEFORE, [run(2), ...held(3)]]))
    expect(page).toContain('| Kafka restarts | 4 | 4 | 40 | 2 | 0 |')
    expect(page).toContain('have not held 3 times at a later commit**: Kafka restarts during pause.')
  })

  it('counts a run that broke off as lost, and not as one that was tried', () =>
    expect(pageOf(table([BEFORE, [run(1, { struck: false }), ...held(3)]]))).toContain(
      '| Kafka restarts | 3 | 3 | 30 | 1 | 0 |',
    ))

  it('leaves out what was mended', () => {
    const page = pageOf(table([BEFORE, [run(2)]], [LATER, held(3)]))
    expect(page).toContain('| Kafka restarts | 3 | 3 | 30 | 0 | 0 |')
    expect(page).toContain('held 3 times or more at a later commit: Kafka restarts during pause.')
  })
})
