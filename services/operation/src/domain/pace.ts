import type { Operation } from './operation.ts'

/** Children a minute at most. */
export const MAX_RATE = 100_000

const MINUTE_MS = 60_000
// a rated operation goes on at least this often, so that its children are spread over the minute
const PAGES_A_MINUTE = 12

/** When the next page may begin at the earliest; null: at once. Judged by the database's clock. */
export function dueAt(operation: Operation): Date | null {
  if (operation.state === 'holding') return operation.holdEndsAt
  if (operation.state === 'waiting') return operation.waitingUntil
  return operation.state === 'running' && operation.rate > 0 ? operation.pageDueAt : null
}

export const leftUntil = (due: Date | null, at: Date): number =>
  due === null ? 0 : Math.max(0, due.getTime() - at.getTime())

/** How many children a page takes. */
export const pageLimit = (rate: number, pageSize: number): number =>
  rate === 0 ? pageSize : Math.min(pageSize, Math.ceil(rate / PAGES_A_MINUTE))

/** When the page after one of so many children may begin that began then; null: whenever. */
export const pageDue = (rate: number, children: number, began: Date): Date | null =>
  rate === 0 ? null : new Date(began.getTime() + Math.ceil((children * MINUTE_MS) / rate))

/** The same wait at another rate: what was waited for in part is waited for in the same part. */
export function repaced({ rate, pageDueAt }: Pick<Operation, 'rate' | 'pageDueAt'>, next: number, at: Date) {
  if (rate === 0 || next === 0 || pageDueAt === null) return null
  return new Date(at.getTime() + (leftUntil(pageDueAt, at) * rate) / next)
}
