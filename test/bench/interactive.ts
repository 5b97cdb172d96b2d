import { until } from '@umbel/test-kit'
import { build, type Histogram } from 'hdr-histogram-js'
import type { Api } from '../support/api.ts'
import type { Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'

/** How long single updates took that were answered with success, in ms from when each was meant to start. */
export interface Latency {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Updates that were answered with an error, or not at all. */
  readonly errors: number
}

export interface InteractiveLoad {
  /** Ends the load and says how long its updates took. */
  end(): Promise<Latency>
}

const TICKETS = 50
const PER_SECOND = 20
const priorities = ['low', 'normal', 'high', 'urgent'] as const

/** Tickets that no operation touches, for people to work on. */
export async function deskOf(workspace: Workspace): Promise<Ticket[]> {
  const { agent } = workspace
  const open = (at: number) => agent.post<Ticket>('/v1/tickets', { subject: `A question of its own, ${at}` })
  const opened: Ticket[] = []
  for (let at = 0; at < TICKETS; at += 1) opened.push(await open(at))
  return opened
}

/**
 * Single updates at a constant rate, whatever becomes of the earlier ones (an open model: a stall counts for every
 * update that was meant to start in it).
 */
export function startInteractive(agent: Api, desk: readonly Ticket[]): InteractiveLoad {
  const histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  })
  const begun = performance.now()
  let sent = 0
  let under = 0
  let errors = 0
  const one = async (meant: number, at: number) => {
    const ticket = desk[at % desk.length]
    under += 1
    try {
      await agent.patch(`/v1/tickets/${ticket?.id}`, { priority: priorities[Math.floor(at / desk.length) % 4] })
      histogram.recordValue(Math.max(1, Math.round((performance.now() - meant) * 1000)))
    } catch {
      errors += 1 // counted and told: an error is not a latency
    } finally {
      under -= 1
    }
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * PER_SECOND)
    for (; sent < due; sent += 1) void one(begun + ((sent + 1) * 1000) / PER_SECOND, sent)
  }, 5)
  const ms = (micros: number) => Math.round(micros / 100) / 10
  return {
    async end() {
      clearInterval(timer)
      await until(() => under === 0, { deadlineMs: 60_000, what: 'the last update' })
      return {
        count: histogram.totalCount,
        p50Ms: ms(histogram.getValueAtPercentile(50)),
        p95Ms: ms(histogram.getValueAtPercentile(95)),
        p99Ms: ms(histogram.getValueAtPercentile(99)),
        maxMs: ms(histogram.maxValue),
        errors,
      }
    },
  }
}
