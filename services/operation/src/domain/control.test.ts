import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ControlVerb, decideControl, decideEnd, decidePage, decideRetry, type Standing } from './control.ts'

const standing = (more: Partial<Standing> = {}): Standing => ({
  state: 'running',
  epoch: 1,
  closed: false,
  finished: false,
  holdOver: true,
  placeless: false,
  queued: false,
  asks: false,
  asked: false,
  ...more,
})
const slug = (name: string) => expect.objectContaining({ slug: name })

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

  it.each([
    ['the hold while that lasts', { holdOver: false }, 'holding'],
    ['the queue, where it keeps its place', { queued: true }, 'queued'],
    ['the time that customers have to answer', { asks: true, asked: true }, 'waiting'],
    ['its mails, once every child has its outcome', { closed: true }, 'finished'],
  ] as const)('resumes into %s', (_, more, state) => {
    const paused = standing({ state: 'paused', ...more })
    expect(decideControl(paused, 'resume')).toEqual({ state, epoch: 2 })
  })

  it.each(['pause', 'resume', 'cancel'] as const)('refuses to %s what has come to its end', (verb) => {
    const ended = standing({ state: 'finished', closed: true, finished: true })
    expect(() => decideControl(ended, verb)).toThrow(slug('operation-finished'))
  })

  it('refuses to pause a plan, but cancels it', () => {
    const planned = standing({ state: 'planned' })
    expect(() => decideControl(planned, 'pause')).toThrow(slug('operation-not-started'))
    expect(decideControl(planned, 'cancel').state).toBe('cancelled')
  })
})

describe('trying again what failed', () => {
  const failed = { items: 2, notifications: 0 }

  it('reopens what was closed and takes a place of its own', () => {
    const closed = standing({ state: 'finished', closed: true, finished: true })
    expect(decideRetry(closed, failed)).toEqual({ state: 'queued', epoch: 2, reopened: true, queued: true })
  })

  it('goes on at once where it needs no place, also after a pause', () => {
    const sync = standing({ state: 'finished', closed: true, finished: true, placeless: true })
    expect(decideRetry(sync, failed)).toEqual({ state: 'running', epoch: 2, reopened: true, queued: false })
    expect(decideRetry({ ...sync, state: 'paused' }, failed)).toMatchObject({ state: 'paused', queued: false })
  })

  it('is taken up by the run that goes on', () => {
    expect(decideRetry(standing(), failed)).toEqual({ state: 'running', epoch: 2, reopened: false, queued: false })
  })

  it('asks again whom the question did not reach', () => {
    const waiting = standing({ state: 'waiting', asks: true, asked: true })
    expect(decideRetry(waiting, failed)).toMatchObject({ state: 'queued', reopened: true })
  })

  it('stays paused, and leaves the state alone where only mails failed', () => {
    const paused = standing({ state: 'paused', closed: true })
    expect(decideRetry(paused, failed)).toMatchObject({ state: 'paused', reopened: true })
    const mailed = standing({ state: 'finished', closed: true, finished: true })
    expect(decideRetry(mailed, { items: 0, notifications: 1 })).toMatchObject({ state: 'finished', reopened: false })
  })

  it('is refused where nothing failed, nothing began or everything was called off', () => {
    expect(() => decideRetry(standing(), { items: 0, notifications: 0 })).toThrow(slug('nothing-failed'))
    const elsewhere = { items: 0, notifications: 0, caughtUp: 1 }
    expect(() => decideRetry(standing(), elsewhere)).toThrow(slug('caught-up-since'))
    expect(() => decideRetry(standing({ state: 'planned' }), failed)).toThrow(slug('operation-not-started'))
    expect(() => decideRetry(standing({ state: 'cancelled' }), failed)).toThrow(slug('operation-finished'))
  })
})

type Step =
  | { readonly verb: ControlVerb | 'retry' | 'place' | 'time' }
  | { readonly items: number; readonly failing: number; readonly mails: number }
const verbs = ['pause', 'resume', 'cancel', 'retry', 'place', 'time'] as const
const steps = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constantFrom(...verbs) }),
    fc.record({ items: fc.nat(3), failing: fc.nat(1), mails: fc.nat(3) }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 40 },
)

/** Items and mails that move only while the operation lets them, as fence, hold and queue see to. */
interface World {
  readonly now: Standing
  readonly items: number
  readonly applied: number
  readonly failed: number
  readonly cancelled: number
  readonly mails: number
}

function take(world: World, step: Step): World {
  if ('verb' in step) return ended(moved(world, step.verb))
  if (decidePage(world.now) !== 'go') return world
  const done = Math.min(step.items, world.items)
  const failing = Math.min(step.failing, done)
  const sent = Math.min(step.mails, world.mails)
  return ended({
    ...world,
    items: world.items - done,
    applied: world.applied + done - failing,
    failed: world.failed + failing,
    mails: world.mails + done - failing - sent,
  })
}

function moved(world: World, verb: (typeof verbs)[number]): World {
  const { now } = world
  if (verb === 'place') {
    if (now.state !== 'queued') return world
    return { ...world, now: { ...now, state: now.holdOver ? 'running' : 'holding', queued: false } }
  }
  if (verb === 'time') return timePassed(world)
  try {
    return verb === 'retry' ? retried(world) : controlled(world, verb)
  } catch {
    return world
  }
}

/** Holds end, and so does the time to answer: who was asked is closed in the second step. */
function timePassed(world: World): World {
  const { now, applied } = world
  if (now.state === 'holding') return { ...world, now: { ...now, state: 'running', holdOver: true } }
  if (now.state !== 'waiting') return world
  const closing: Standing = { ...now, state: 'queued', queued: true, asks: false, asked: false }
  return { ...world, now: closing, items: applied, applied: 0 }
}

function controlled(world: World, verb: ControlVerb): World {
  const wanted = decideControl(world.now, verb)
  const now = { ...world.now, state: wanted.state, epoch: wanted.epoch }
  if (wanted.state !== 'cancelled') return { ...world, now }
  return { ...world, now: { ...now, queued: false }, items: 0, cancelled: world.cancelled + world.items, mails: 0 }
}

function retried(world: World): World {
  const { reopened, queued, ...wanted } = decideRetry(world.now, { items: world.failed, notifications: 0 })
  const reopening = reopened ? { closed: false, finished: false, asked: false, queued } : {}
  const now = { ...world.now, ...wanted, ...reopening }
  return { ...world, now, items: world.items + world.failed, failed: 0 }
}

function ended(world: World): World {
  const ends = { pendingItems: world.items, appliedItems: world.applied, pendingNotifications: world.mails }
  return { ...world, now: { ...world.now, ...decideEnd(world.now, ends) } }
}

const begin = (items: number, more: Partial<Standing>): World => ({
  now: standing({
    state: 'holding',
    holdOver: false,
    ...more,
  }),
  items,
  applied: 0,
  failed: 0,
  cancelled: 0,
  mails: 0,
})
const beginnings = fc.constantFrom<Partial<Standing>>(
  {},
  { state: 'queued', queued: true },
  { asks: true },
  { placeless: true },
)

describe('any order of pages, control, retries, places and time', () => {
  it('keeps what control promises', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 9 }), beginnings, (taken, items, more) => {
        let world = begin(items, more)
        for (const step of taken) {
          const next = take(world, step)
          const { now } = next
          expect(next.items + next.applied + next.failed + next.cancelled).toBe(items)
          expect(now.epoch).toBeGreaterThanOrEqual(world.now.epoch)
          const page = !('verb' in step)
          if (page && ['paused', 'queued', 'waiting', 'holding'].includes(world.now.state)) expect(next).toEqual(world)
          if (world.now.state === 'cancelled') expect(now.state).toBe('cancelled')
          if (world.now.closed && !now.closed) expect('verb' in step && step.verb).toBe('retry')
          if (now.finished) expect(['finished', 'cancelled']).toContain(now.state)
          expect(now.finished).toBe(now.closed && next.mails === 0)
          if (now.state === 'queued') expect(now.queued).toBe(true)
          if (now.state === 'running') expect(now.queued).toBe(false)
          if (now.closed) expect(next.items).toBe(0)
          world = next
        }
      }),
    )
  })

  it('can always be brought to an end', () => {
    fc.assert(
      fc.property(steps, beginnings, (taken, more) => {
        let world = begin(5, more)
        for (const step of taken) world = take(world, step)
        const work: Step[] = [9, 9].map((many) => ({ items: many, failing: 0, mails: many }))
        const goOn: Step[] = [{ verb: 'resume' }, { verb: 'place' }, { verb: 'time' }, ...work]
        for (const step of [...goOn, ...goOn, ...goOn]) world = take(world, step)
        expect(world.now.finished).toBe(true)
      }),
    )
  })
})
