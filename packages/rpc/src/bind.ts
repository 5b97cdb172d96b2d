import { once } from 'node:events'
import { create, type DescMethod, type Message, type MessageInitShape } from '@bufbuild/protobuf'
import type { handleServerStreamingCall, handleUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { isUmbelError } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { withTrace } from '@umbel/kernel/trace'
import { type AdmitOptions, admit, checkWorkspace } from './admit.ts'
import type { Call } from './handlers.ts'
import { CallOverdue, limitsOf, type Served } from './limits.ts'
import { decodeRequest } from './service-definition.ts'
import { codeNameOf, toStatus } from './status.ts'

export interface RpcLog {
  error(fields: object, message: string): void
}

/** What is worth counting about calls. */
export interface RpcMetrics {
  /** `method` is `<package>.<Service>/<Method>`, `code` gRPC's name of the outcome, such as `OK` or `NOT_FOUND`. */
  handled(method: string, code: string, seconds: number): void
}

export interface BindOptions {
  readonly admission: AdmitOptions
  readonly log: RpcLog
  readonly metrics: RpcMetrics | undefined
  /** How long a call without a deadline may last. */
  readonly capMs: number
}

type Answer<M extends DescMethod> = MessageInitShape<M['output']>
type Handler = (request: Message, call: Call) => unknown

/** One method's grpc-js handler around ours: token, bytes, workspace, then the handler, under a deadline and a trace. */
export function bind(method: DescMethod, handler: unknown, options: BindOptions) {
  if (!isHandler(handler)) throw new TypeError(`${method.parent.typeName} has no handler ${method.localName}`)
  const name = `${method.parent.typeName}/${method.name}`
  const run = async <T>(
    served: Served,
    work: (begin: () => unknown, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    using limits = limitsOf(served, options.capMs)
    const begun = enter(served, method, name, options, limits.signal).then(([request, call]) =>
      withTrace(call.traceparent, () => work(() => handler(request, call), limits.signal)),
    )
    return await Promise.race([begun, limits.overdue])
  }
  const ended = (served: Served, startedAt: number, error?: unknown) => {
    if (error !== undefined && !isUmbelError(error) && !(error instanceof CallOverdue))
      options.log.error({ err: error, method: name }, 'an rpc failed in a way nobody foresaw')
    const code = served.cancelled ? 'CANCELLED' : codeNameOf(error)
    options.metrics?.handled(name, code, (performance.now() - startedAt) / 1000)
  }
  if (method.methodKind === 'server_streaming')
    return ((served) => {
      const startedAt = performance.now()
      run(served, (begin, signal) =>
        stream(served, begin() as AsyncIterable<Answer<typeof method>>, method, signal),
      ).then(
        () => {
          ended(served, startedAt)
          served.end()
        },
        (error: unknown) => {
          ended(served, startedAt, error)
          served.emit('error', toStatus(error))
        },
      )
    }) satisfies handleServerStreamingCall<Buffer, Message>
  return ((served, answer) => {
    const startedAt = performance.now()
    run(served, async (begin) => {
      const answered = create(method.output, (await begin()) as Answer<typeof method>)
      await failpoint('rpc.answer.before')
      return answered
    }).then(
      (answered) => {
        ended(served, startedAt)
        answer(null, answered)
      },
      (error: unknown) => {
        ended(served, startedAt, error)
        answer(toStatus(error))
      },
    )
  }) satisfies handleUnaryCall<Buffer, Message>
}

const isHandler = (handler: unknown): handler is Handler => typeof handler === 'function'

async function enter(
  served: Served,
  method: DescMethod,
  name: string,
  { admission }: BindOptions,
  signal: AbortSignal,
): Promise<[Message, Call]> {
  const caller = await admit(admission, name, served.metadata)
  const request = decodeRequest(method, served.request)
  checkWorkspace(caller, request)
  const traceparent = served.metadata.get('traceparent')[0]?.toString()
  return [request, { caller, signal, ...(traceparent === undefined ? {} : { traceparent }) }]
}

/** Writes what the generator gives, no faster than the other side reads; a caller that has gone ends the generator. */
async function stream(
  served: ServerWritableStream<Buffer, Message>,
  answers: AsyncIterable<MessageInitShape<DescMethod['output']>>,
  { output }: DescMethod,
  signal: AbortSignal,
): Promise<void> {
  for await (const answer of answers) {
    if (signal.aborted) return
    if (!served.write(create(output, answer))) await once(served, 'drain', { signal })
  }
}
