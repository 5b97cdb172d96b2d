import type { FailpointName } from './failpoint-names.ts'

export { type FailpointName, failpointNames } from './failpoint-names.ts'

/** What happens at a failpoint: it may wait, throw, or end the process. */
export type FailpointHook = (name: FailpointName) => Promise<void> | undefined

let hook: FailpointHook | undefined

/** A place in the code where a test may do harm. Where nobody has armed it, it is nothing. */
export const failpoint = (name: FailpointName): Promise<void> | undefined => hook?.(name)

/** Says what happens at failpoints from now on in this process. */
export function armFailpoints(armed: FailpointHook): void {
  hook = armed
}
