import { setMaxListeners } from 'node:events'
import type { Message } from '@bufbuild/protobuf'
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'

/** A call as grpc-js gives it, its request still bytes. */
export type Served = ServerUnaryCall<Buffer, Message> | ServerWritableStream<Buffer, Message>

/** The time of a call was up before its handler had answered. */
export class CallOverdue extends Error {}

export interface Limits extends Disposable {
  /** Aborted when the caller has gone, its deadline has passed, or the cap of a call without one. */
  readonly signal: AbortSignal
  /** Rejects with CallOverdue when the call's time is up; never resolves. */
  readonly overdue: Promise<never>
}

/** How long a call may last: its own deadline, which grpc-js keeps, or the cap where it brings none. */
export function limitsOf(served: Served, capMs: number): Limits {
  const gone = new AbortController()
  setMaxListeners(0, gone.signal) // one listener for every step of a page is no leak
  const { promise: overdue, reject } = Promise.withResolvers<never>()
  overdue.catch(() => {}) // told to whoever races with it; nobody may
  const end = (reason: Error) => {
    gone.abort(reason)
    reject(reason)
  }
  const cancelled = () => end(new CallOverdue('the caller has gone'))
  served.on('cancelled', cancelled)
  const endless = served.getDeadline() === Number.POSITIVE_INFINITY
  const cap = endless ? setTimeout(() => end(new CallOverdue(`no answer within ${capMs} ms`)), capMs) : undefined
  return {
    signal: gone.signal,
    overdue,
    [Symbol.dispose]() {
      clearTimeout(cap)
      served.off('cancelled', cancelled)
    },
  }
}
