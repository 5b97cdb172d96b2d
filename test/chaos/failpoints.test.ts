import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { failpointNames } from '@umbel/kernel/failpoint'
import { describe, expect, it } from 'vitest'
import { processNames } from './faults-processes.ts'
import { killPlan } from './kill-plan.ts'

const root = resolve(import.meta.dirname, '../..')
const CALL = /\bfailpoint\(\s*'([^']*)'\s*\)/g

const sources = globSync(['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'], { cwd: root })
const placed = sources
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) =>
    [...readFileSync(resolve(root, file), 'utf8').matchAll(CALL)].map(([, name = '']) => ({ file, name })),
  )

describe('failpoints', () => {
  it('were looked for in the whole tree', () => {
    expect(sources.length).toBeGreaterThan(300)
  })

  it.each(failpointNames)('%s has its place in the code', (name) => {
    expect(placed.filter((each) => each.name === name)).not.toEqual([])
  })

  it('have no name that is not in the catalogue', () => {
    const known = new Set<string>(failpointNames)
    expect(placed.filter(({ name }) => !known.has(name))).toEqual([])
  })

  it.each(failpointNames)('%s is killed by the plan', (name) => {
    const running = new Set<string>(processNames)
    expect(killPlan[name].filter(({ victim }) => !running.has(victim))).toEqual([])
    expect(killPlan[name].length).toBeGreaterThan(0)
  })
})
