import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import { Client, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js'
import { MESSAGE_BYTES } from '@umbel/kernel'
import { currentTraceparent } from '@umbel/kernel/trace'
import { calledMethod } from './service-definition.ts'
import { fromStatus } from './status.ts'

/** What goes along with one call. */
export interface CallOptions {
  /** The agent on whose behalf a service calls. */
  readonly actorId?: string
  /** Milliseconds; the client's own when left out. */
  readonly deadlineMs?: number
  /** The trace that the work is in when left out. */
  readonly traceparent?: string
  /** The caller's own token in place of the client's. */
  readonly token?: string
  readonly signal?: AbortSignal
}

type ClientMethod<M extends DescMethod> = M extends { methodKind: 'server_streaming'; input: infer I; output: infer O }
  ? I extends DescMessage
    ? O extends DescMessage
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : never
    : never
  : (request: MessageInitShape<M['input']>, options?: CallOptions) => Promise<MessageShape<M['output']>>

/** A service's methods as functions; errors come as the UmbelError that the other side threw. */
export type RpcClient<S extends DescService> = {
  readonly [M in keyof S['method']]: ClientMethod<S['method'][M]>
} & Disposable

export interface ClientOptions {
  /** `host:port`. */
  readonly address: string
  readonly token: () => Promise<string>
  /** How long a call may take, in milliseconds, where it says nothing else. */
  readonly deadlineMs: number
}

const CHANNEL = {
  'grpc.max_receive_message_length': MESSAGE_BYTES,
  // a peer that was restarted is found again in about a second
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
} as const

/** A client of one service over one channel, which connects when first asked and is closed by disposing. */
export function rpcClient<S extends DescService>(service: S, options: ClientOptions): RpcClient<S> {
  const channel = new Client(options.address, credentials.createInsecure(), CHANNEL)
  const methods = service.methods.map((method) => {
    const definition = calledMethod(method)
    const call = method.methodKind === 'server_streaming' ? streaming : unary
    return [method.localName, call(channel, definition, method, options)]
  })
  const client = { ...Object.fromEntries(methods), [Symbol.dispose]: () => channel.close() }
  return client as RpcClient<S> // the descriptor that the type is derived from is the one that was walked
}

type Definition = MethodDefinition<Message, Message>

const unary =
  (channel: Client, definition: Definition, method: DescMethod, options: ClientOptions) =>
  async (request: MessageInitShape<DescMessage>, call: CallOptions = {}): Promise<Message> => {
    const metadata = await metadataFor(options, call)
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = definition
      const asked = channel.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        create(method.input, request),
        metadata,
        { deadline: deadlineOf(options, call) },
        (error, answer) => {
          call.signal?.removeEventListener('abort', cancel)
          if (error !== null) reject(fromStatus(error))
          else if (answer === undefined) reject(new Error(`${path} answered nothing`))
          else resolve(answer)
        },
      )
      const cancel = () => asked.cancel()
      if (call.signal?.aborted) cancel()
      call.signal?.addEventListener('abort', cancel, { once: true })
    })
  }

const streaming = (channel: Client, definition: Definition, method: DescMethod, options: ClientOptions) =>
  async function* (request: MessageInitShape<DescMessage>, call: CallOptions = {}): AsyncGenerator<Message> {
    const { path, requestSerialize, responseDeserialize } = definition
    const metadata = await metadataFor(options, call)
    const answers = channel.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      create(method.input, request),
      metadata,
      { deadline: deadlineOf(options, call) },
    )
    const cancel = () => answers.cancel()
    if (call.signal?.aborted) cancel()
    call.signal?.addEventListener('abort', cancel, { once: true })
    try {
      yield* answers
    } catch (error) {
      throw fromStatus(error)
    } finally {
      call.signal?.removeEventListener('abort', cancel)
      answers.cancel()
    }
  }

const deadlineOf = ({ deadlineMs }: ClientOptions, call: CallOptions): number =>
  Date.now() + (call.deadlineMs ?? deadlineMs)

async function metadataFor({ token }: ClientOptions, call: CallOptions): Promise<Metadata> {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${call.token ?? (await token())}`)
  if (call.actorId !== undefined && call.actorId !== '') metadata.set('umbel-actor', call.actorId)
  const traceparent = call.traceparent ?? currentTraceparent()
  if (traceparent !== undefined) metadata.set('traceparent', traceparent)
  return metadata
}
