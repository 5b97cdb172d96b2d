import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ControlVerb, decideControl, decideEnd, decidePage, type Standing } from './control.ts'

const standing = (more: Partial<Standing> = {}): Standing => ({
  state: 'running',
  epoch: 1,
  closed: false,
  finished: false,
  holdOver: true,
  ...more,
})

describe('controlling an operation', () => {
  it('pauses and takes one more epoch', () => {
    expect(decideControl(standing(), 'pause')).toEqual({ state: 'paused', epoch: 2 })
  })

  it.each([
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ] as const)('said twice, %s changes nothing', (verb, state) => {
    expect(decideControl(standing({ state, epoch: 7 }), verb)).toMatchObject({ state, epoch: 7 })
  })

  it('resumes into the hold while that lasts', () => {
    const paused = standing({ state: 'paused', holdOver: false })
    expect(decideControl(paused, 'resume')).toEqual({ state: 'holding', epoch: 2 })
  })

  it('pauses and resumes mails after the last child was changed', () => {
    const mailing = standing({ state: 'finished', closed: true })
    const paused = decideControl(mailing, 'pause')
    expect(paused).toEqual({ state: 'paused', epoch: 2 })
    expect(decideControl({ ...mailing, ...paused }, 'resume')).toEqual({ state: 'finished', epoch: 3 })
  })

  it.each(['pause', 'resume', 'cancel'] as const)('refuses to %s what has come to its end', (verb) => {
    const ended = standing({ state: 'finished', closed: true, finished: true })
    expect(() => decideControl(ended, verb)).toThrow(expect.objectContaining({ slug: 'operation-finished' }))
  })

  it('refuses to pause a plan, but cancels it', () => {
    const planned = standing({ state: 'planned' })
    expect(() => decideControl(planned, 'pause')).toThrow(expect.objectContaining({ slug: 'operation-not-started' }))
    expect(decideControl(planned, 'cancel').state).toBe('cancelled')
  })
})

type Step = { readonly verb: ControlVerb } | { readonly items: number; readonly mails: number }
const steps = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constantFrom<ControlVerb>('pause', 'resume', 'cancel') }),
    fc.record({ items: fc.nat(3), mails: fc.nat(3) }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 30 },
)

/** Items and mails that move only while the operation lets them, as fence and hold see to. */
interface World {
  readonly now: Standing
  readonly items: number
  readonly mails: number
}

function take(world: World, step: Step): World {
  if ('verb' in step) {
    try {
      const wanted = decideControl(world.now, step.verb)
      const now = { ...world.now, state: wanted.state, epoch: wanted.epoch }
      return ended({ ...world, now, ...(wanted.state === 'cancelled' ? { items: 0, mails: 0 } : {}) })
    } catch {
      return world
    }
  }
  if (decidePage(world.now) !== 'go') return world
  const done = Math.min(step.items, world.items)
  const sent = Math.min(step.mails, world.mails)
  return ended({ ...world, items: world.items - done, mails: world.mails + done - sent })
}

function ended(world: World): World {
  const end = decideEnd(world.now, { pendingItems: world.items, pendingNotifications: world.mails })
  return { ...world, now: { ...world.now, ...end } }
}

describe('any order of pages, pauses, resumes and cancels', () => {
  it('keeps what control promises', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 9 }), (taken, items) => {
        let world: World = { now: standing({ state: 'holding' }), items, mails: 0 }
        for (const step of taken) {
          const next = take(world, step)
          const { now } = next
          expect(now.epoch).toBeGreaterThanOrEqual(world.now.epoch)
          if (world.now.state === 'paused' && !('verb' in step)) expect(next).toEqual(world)
          if (world.now.state === 'cancelled') expect(now.state).toBe('cancelled')
          if (world.now.closed) expect(now.closed).toBe(true)
          if (now.finished) expect(['finished', 'cancelled']).toContain(now.state)
          if (next.items === 0) expect(now.closed).toBe(true)
          expect(now.finished).toBe(next.items === 0 && next.mails === 0)
          world = next
        }
      }),
    )
  })

  it('can always be brought to an end', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        let world: World = { now: standing({ state: 'holding' }), items: 5, mails: 0 }
        for (const step of taken) world = take(world, step)
        const goOn: Step[] = [{ verb: 'resume' }, { items: 9, mails: 9 }, { items: 9, mails: 9 }]
        for (const step of goOn) world = take(world, step)
        expect(world.now.finished).toBe(true)
      }),
    )
  })
})
