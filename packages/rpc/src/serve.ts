import { Server, ServerCredentials } from '@grpc/grpc-js'
import { MESSAGE_BYTES, unavailable } from '@umbel/kernel'
import { HealthImplementation } from 'grpc-health-check'
import { type BindOptions, bind, type RpcLog, type RpcMetrics } from './bind.ts'
import type { RpcRow } from './handlers.ts'
import { addReflection } from './reflection.ts'
import { servedService } from './service-definition.ts'
import type { TokenVerifier } from './verifier.ts'

const CAP_MS = 30_000
const DRAIN_MS = 5_000

export interface ServeOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly services: readonly RpcRow[]
  readonly verify: TokenVerifier
  /** Methods that operators may call, as `umbel.ticket.v1.DirectoryService/EnsureWorkspace`. */
  readonly operatorMethods?: readonly string[]
  readonly log: RpcLog
  readonly metrics?: RpcMetrics
  /** Milliseconds that a call without a deadline may last; 30 s unless told. */
  readonly capMs?: number
}

export interface RpcServer extends AsyncDisposable {
  readonly port: number
  /** What health checks are told. */
  setServing(serving: boolean): void
}

/**
 * Serves gRPC with health and reflection on. Every call is admitted by its token before its handler runs; errors leave
 * by the table of `status.ts`; what is no UmbelError is logged whole and told as `internal`. Throws `unavailable`
 * (`port-taken`).
 */
export async function serveRpc(options: ServeOptions): Promise<RpcServer> {
  const { host, services } = options
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': MESSAGE_BYTES,
  })
  addServices(server, options)
  const setServing = addHealth(server, services)
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

function addServices(server: Server, { services, verify, operatorMethods = [], ...options }: ServeOptions): void {
  const bound: BindOptions = {
    admission: { verify, operatorMethods: new Set(operatorMethods) },
    log: options.log,
    metrics: options.metrics,
    capMs: options.capMs ?? CAP_MS,
  }
  for (const { service, handlers } of services) {
    const methods = service.methods.map((method) => [method.localName, bind(method, handlers[method.localName], bound)])
    server.addService(servedService(service), Object.fromEntries(methods))
  }
}

function addHealth(server: Server, services: readonly RpcRow[]): (serving: boolean) => void {
  const health = new HealthImplementation()
  const names = ['', ...services.map(({ service }) => service.typeName)]
  health.addToServer(server)
  return (serving) => {
    for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING')
  }
}

const listen = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(unavailable('port-taken', `${address} cannot be served: ${error.message}`, { cause: error }))
    })
  })

/** Lets running calls end, and ends those that will not. */
const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), DRAIN_MS)
    server.tryShutdown(() => {
      clearTimeout(force)
      resolve()
    })
  })
