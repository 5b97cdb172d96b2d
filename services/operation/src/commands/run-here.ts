import type { Operation } from '../domain/operation.ts'
import type { LaunchDeps } from './launch-operation.ts'
import type { RunSlice } from './run-slice.ts'

export interface HereDeps {
  readonly runSlice: RunSlice
  readonly pageSize: number
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Whether one page is all there is, and may go at once. */
export const fitsHere = ({ pageSize }: Pick<HereDeps, 'pageSize'>, { state, rate, items }: Operation): boolean =>
  state === 'running' && rate === 0 && items.total <= pageSize

/** Runs a slice in this process, without a conductor; what fails is left to whoever comes next. */
export async function runHere(
  { runSlice, leftBehind }: HereDeps,
  workspaceId: string,
  { id }: Pick<Operation, 'id'>,
): Promise<void> {
  try {
    await runSlice(workspaceId, id, { signal: new AbortController().signal, beat: () => undefined })
  } catch (error) {
    leftBehind('launch', id, error)
  }
}
