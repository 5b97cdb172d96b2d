import { once } from 'node:events'
import type { DescMethod, Message, MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js'
import { isUmbelError, unavailable } from '@umbel/kernel'
import { HealthImplementation } from 'grpc-health-check'
import { type AdmitOptions, admit } from './admit.ts'
import type { Call, RpcRow } from './handlers.ts'
import { addReflection } from './reflection.ts'
import { decodeRequest, servedService } from './service-definition.ts'
import { toStatus } from './status.ts'
import type { TokenVerifier } from './verifier.ts'

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const LONGEST_CALL_MS = 120_000

export interface RpcLog {
  error(fields: object, message: string): void
}

export interface ServeOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly services: readonly RpcRow[]
  readonly verify: TokenVerifier
  /** Methods that operators may call, as `umbel.ticket.v1.DirectoryService/EnsureWorkspace`. */
  readonly operatorMethods?: readonly string[]
  readonly log: RpcLog
}

export interface RpcServer extends AsyncDisposable {
  readonly port: number
  /** What health checks are told. */
  setServing(serving: boolean): void
}

type Served = ServerUnaryCall<Buffer, Message> | ServerWritableStream<Buffer, Message>

/**
 * Serves gRPC with health and reflection on. Every call is admitted by its token before its handler runs; errors leave
 * by the table of `status.ts`; what is no UmbelError is logged whole and told as `internal`.
 */
export async function serveRpc(options: ServeOptions): Promise<RpcServer> {
  const { host, services, log } = options
  const admission: AdmitOptions = { verify: options.verify, operatorMethods: new Set(options.operatorMethods ?? []) }
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  })
  for (const { service, handlers } of services) {
    const bound = service.methods.map((method) => [
      method.localName,
      bind(method, handlers[method.localName], admission, log),
    ])
    server.addService(servedService(service), Object.fromEntries(bound))
  }
  const health = new HealthImplementation()
  const names = ['', ...services.map(({ service }) => service.typeName)]
  const setServing = (serving: boolean) => {
    for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING')
  }
  health.addToServer(server)
  addReflection(server, services)
  const port = await listen(server, `${host}:${options.port}`)
  setServing(true)
  return {
    port,
    setServing,
    [Symbol.asyncDispose]: () => {
      setServing(false)
      return shutDown(server)
    },
  }
}

const listen = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(unavailable('port-taken', `${address} cannot be served: ${error.message}`, { cause: error }))
    })
  })

const DRAIN_MS = 5_000

/** Lets running calls end, and ends those that will not. */
const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), DRAIN_MS)
    server.tryShutdown(() => {
      clearTimeout(force)
      resolve()
    })
  })

/** One method's grpc-js handler around ours. */
function bind(method: DescMethod, handler: unknown, admission: AdmitOptions, log: RpcLog) {
  if (typeof handler !== 'function') throw new TypeError(`${method.parent.typeName} has no handler ${method.localName}`)
  const name = `${method.parent.typeName}/${method.name}`
  const enter = async (served: Served): Promise<[Message, Call]> => {
    const request = decodeRequest(method, served.request)
    const caller = await admit(admission, name, served.metadata, request)
    const traceparent = served.metadata.get('traceparent')[0]?.toString()
    return [request, { caller, signal: signalOf(served), ...(traceparent === undefined ? {} : { traceparent }) }]
  }
  const refuse = (error: unknown) => {
    if (!isUmbelError(error)) log.error({ err: error, method: name }, 'an rpc failed in a way nobody foresaw')
    return toStatus(error)
  }
  if (method.methodKind === 'server_streaming')
    return ((served) => {
      stream(served, async () => handler(...(await enter(served))), method).catch((error: unknown) =>
        served.emit('error', refuse(error)),
      )
    }) satisfies handleServerStreamingCall<Buffer, Message>
  return ((served, answer) => {
    enter(served)
      .then((entered) => handler(...entered))
      .then(
        (answered: MessageInitShape<typeof method.output>) => answer(null, create(method.output, answered)),
        (error: unknown) => answer(refuse(error)),
      )
  }) satisfies handleUnaryCall<Buffer, Message>
}

/** Writes what the generator gives, no faster than the other side reads. */
async function stream(
  served: ServerWritableStream<Buffer, Message>,
  begin: () => Promise<AsyncIterable<MessageInitShape<DescMethod['output']>>>,
  { output }: DescMethod,
): Promise<void> {
  for await (const answer of await begin()) {
    if (served.cancelled) return
    if (!served.write(create(output, answer))) await Promise.race([once(served, 'drain'), once(served, 'close')])
  }
  served.end()
}

function signalOf(served: Served): AbortSignal {
  const gone = new AbortController()
  served.on('cancelled', () => gone.abort())
  return AbortSignal.any([gone.signal, AbortSignal.timeout(LONGEST_CALL_MS)])
}
