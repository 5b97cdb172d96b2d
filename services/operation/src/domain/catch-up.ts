import type { TextVariant } from './operation.ts'
import { chooseText } from './texts.ts'

/** A broadcast that has reached everybody it was planned for. */
export interface PastBroadcast {
  readonly operationId: string
  /** Who joined its master above this came too late. */
  readonly linkSeq: number
  readonly startedAt: Date
  readonly closedAt: Date
  readonly texts: readonly TextVariant[]
}

/** What one late joiner has heard of its master's broadcasts. */
export interface Heard {
  readonly linkSeq: number
  /** Broadcasts that it got all the same, being a child back then. */
  readonly received: ReadonlySet<string>
  /** When it was last caught up; whatever had closed by then it knows. */
  readonly caughtUpAt: Date | undefined
}

/** The broadcasts that a late joiner has not got, oldest first. */
export const missedBy = (broadcasts: readonly PastBroadcast[], heard: Heard): PastBroadcast[] =>
  broadcasts.filter(
    ({ operationId, linkSeq, closedAt }) =>
      linkSeq < heard.linkSeq &&
      !heard.received.has(operationId) &&
      (heard.caughtUpAt === undefined || closedAt > heard.caughtUpAt),
  )

/** What it reads now: the last or all of what it missed, in its language; empty where it missed nothing. */
export function catchUpText(missed: readonly PastBroadcast[], howMuch: 'last' | 'all', locale: string): string {
  const wanted = howMuch === 'last' ? missed.slice(-1) : missed
  return wanted.map(({ texts }) => chooseText(texts, locale)?.text ?? '').join('\n\n')
}
