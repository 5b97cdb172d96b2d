import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { Caller } from './verifier.ts'

/** What a handler knows of the call beside the request. */
export interface Call {
  readonly caller: Caller
  /** Aborted when the caller has gone or its deadline has passed. */
  readonly signal: AbortSignal
  readonly traceparent?: string
}

type Handler<M extends DescMethod> = M extends { methodKind: 'server_streaming'; input: infer I; output: infer O }
  ? I extends DescMessage
    ? O extends DescMessage
      ? (request: MessageShape<I>, call: Call) => AsyncIterable<MessageInitShape<O>>
      : never
    : never
  : (request: MessageShape<M['input']>, call: Call) => Promise<MessageInitShape<M['output']>>

/** The functions that a service's descriptor asks for: the contract as a type. */
export type Handlers<S extends DescService> = { readonly [M in keyof S['method']]: Handler<S['method'][M]> }

/** A service that is served, as `serves()` writes it in a flow. */
export interface RpcRow {
  readonly service: DescService
  readonly handlers: Readonly<Record<string, unknown>>
}
