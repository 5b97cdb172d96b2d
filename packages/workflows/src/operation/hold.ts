import type { OperationInput } from './types.ts'

/** How long to wait before the first slice, in ms: cancel is complete until then. None once there is a cursor. */
export function holdTime({ cursor, wanted, holdMs }: OperationInput): number {
  if (cursor !== undefined || wanted === 'cancelled') return 0
  return Math.max(0, holdMs)
}
