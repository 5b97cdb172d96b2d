import { describe, expect, it } from 'vitest'
import { changeWords, hasMoved, labelsMove } from './change-words.ts'

const nameOf = (id: string) => ({ 'a-1': 'Ada', 'g-1': 'Support' })[id] ?? id

describe('a change in words', () => {
  it('names what moved, and what is none', () => {
    const agent = { from: '', to: 'a-1', nameOf }
    const group = { from: 'g-1', to: 'g-1', nameOf }
    expect(changeWords([agent, group])).toEqual({ before: 'none', after: 'Ada' })
    expect(changeWords([{ ...agent, to: '' }, group])).toEqual({ before: 'none, Support', after: 'none, Support' })
    expect(changeWords([])).toEqual({ before: '', after: '' })
  })

  it('sorts labels, whose order is no change', () => {
    expect(changeWords([labelsMove(['vpn', 'eu'], ['vpn', 'a'])])).toEqual({ before: 'eu, vpn', after: 'a, vpn' })
    expect(hasMoved(labelsMove(['vpn', 'eu'], ['eu', 'vpn']))).toBe(false)
  })

  it('is never long, and cut at whole characters', () => {
    const labels = Array.from({ length: 100 }, (_, at) => `${at}`.padStart(3, '0') + '😀'.repeat(126))
    const { before, after } = changeWords([labelsMove(labels, [])])
    expect(after).toBe('none')
    expect(before.length).toBeLessThanOrEqual(500)
    expect(before).toMatch(/😀…$/u)
    expect(before.isWellFormed()).toBe(true)
    const short = 'x'.repeat(500)
    expect(changeWords([{ from: short, to: before }])).toEqual({ before: short, after: before })
  })
})
