import { withTrace as inTrace } from '@umbel/kernel/trace'
import type { Behaviour } from './pipeline.ts'

/** Works inside the trace of the message; a batch has the trace of its first. */
export const withTrace: Behaviour = (next) => (work) => {
  const [first] = work.readings
  const traceparent = first === undefined || first.kind === 'ignored' ? undefined : first.message.headers.traceparent
  return inTrace(traceparent, () => next(work))
}
