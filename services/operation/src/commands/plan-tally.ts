import { createHash } from 'node:crypto'
import type { Texts } from '../domain/choose-text.ts'
import { itemDigest, type PlannedItem } from '../domain/decide-item.ts'
import { collectEmptyVariables, collectUnaddressed } from '../domain/findings.ts'
import type { Finding } from '../domain/operation.ts'
import { MAX_ITEMS, tooLarge } from '../domain/plan.ts'
import { type Preview, pickPreviews } from '../domain/previews.ts'
import type { CandidatePage } from './plan-candidates.ts'

/** Up to so many receivers the leak check knows them one by one. */
const NAMED_RECEIVERS = 1_000

/** What is counted and kept while a plan grows: of a bounded size, whatever the number of children. */
export interface PlanTally {
  readonly total: number
  readonly applying: number
  readonly hidden: number
  readonly linkSeq: number
  /** Adds a page; throws `target-too-large` when there are more than one operation may reach. */
  add(page: CandidatePage, items: readonly PlannedItem[]): void
  /** Who gets the text; empty: more than can be named. */
  receivers(): readonly string[]
  findings(): Finding[]
  previews(): Preview[]
  /** The hash over all items, in their order, and over whatever else was decided. */
  hash(decided: unknown): string
}

/** `mailed`: customers get these texts by mail. */
export function openTally(texts: Texts, mailed: boolean): PlanTally {
  const digest = createHash('sha256')
  const empty = collectEmptyVariables()
  const unaddressed = collectUnaddressed()
  const previews = pickPreviews()
  const receivers: string[] = []
  let [total, applying, hidden, linkSeq] = [0, 0, 0, 0]
  const look = (item: PlannedItem, ticket: CandidatePage['children'][number]['ticket']) => {
    const body = texts.bodies()[item.body - 1]
    if (!ticket || !body) return
    empty.note(item, ticket, body)
    if (mailed) unaddressed.note(item, ticket)
    previews.look(item, ticket, body)
  }
  return {
    get total() {
      return total
    },
    get applying() {
      return applying
    },
    get hidden() {
      return hidden
    },
    get linkSeq() {
      return linkSeq
    },
    add(page, items) {
      if (total + items.length > MAX_ITEMS) throw tooLarge()
      total += items.length
      hidden += page.hidden
      linkSeq ||= page.linkSeq
      digest.update(items.map((item) => `${itemDigest(item)}\n`).join(''))
      items.forEach((item, at) => {
        look(item, page.children[at]?.ticket)
        if (item.state !== 'planned') return
        applying += 1
        if (applying <= NAMED_RECEIVERS) receivers.push(item.ticketId)
      })
    },
    receivers: () => (applying > NAMED_RECEIVERS ? [] : receivers),
    findings: () => [...empty.findings(), ...unaddressed.findings()],
    previews: () => previews.chosen(),
    hash: (decided) => digest.update(JSON.stringify(decided)).digest('hex'),
  }
}
