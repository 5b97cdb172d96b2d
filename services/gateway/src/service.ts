import { type Broker, createKafkaBroker, rowsOf } from '@umbel/messaging'
import { createVerifier } from '@umbel/rpc'
import { createLogger, createMetrics, serveHealth } from '@umbel/service-kit'
import type { GatewayConfig } from './config.ts'
import { flow } from './flow.ts'
import { createApp } from './http/app.ts'
import type { Verify } from './http/authenticate.ts'
import type { Log } from './http/middleware.ts'
import { createLive, type LiveOptions } from './live/live.ts'
import { reachable } from './outbound/reachable.ts'
import { rpcPeers } from './outbound/rpc-peers.ts'
import type { Peers } from './peers.ts'
import { routes } from './routes/table.ts'
import { listen } from './server.ts'

/** What tests put in place of the real things. */
export interface GatewayParts {
  readonly peers?: Peers
  readonly verify?: Verify
  readonly log?: Log
  readonly live?: LiveOptions
}

export interface GatewayService extends AsyncDisposable {
  readonly port: number
  readonly healthPort: number
}

/** The whole gateway: routes before, peers and the broker behind. Disposing of it lets running requests end. */
export async function startGatewayService(config: GatewayConfig, parts: GatewayParts = {}): Promise<GatewayService> {
  await using started = new AsyncDisposableStack()
  const peers = parts.peers ?? connectPeers(config, started)
  const live = createLive(parts.live)
  const readiness = () => reachable(config.peers)
  const app = createApp({
    routes,
    peers,
    verify: parts.verify ?? createVerifier({ issuer: config.issuer, audience: 'umbel' }),
    log: parts.log ?? createLogger({ service: 'gateway', level: config.logLevel }),
    readiness,
    live,
  })
  // requests end before what is behind them goes, and streams before the server waits for them
  const server = started.use(await listen(app, config.host, config.port))
  started.use(live)
  const health = started.use(
    await serveHealth({
      host: config.host,
      port: config.healthPort,
      ready: async () => Object.values(await readiness()).every(Boolean),
      metrics: createMetrics('gateway'),
    }),
  )
  const owned = started.move()
  return {
    port: server.port,
    healthPort: health.port,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function connectPeers({ kafka, peers }: GatewayConfig, started: AsyncDisposableStack): Peers {
  const broker = started.use(createKafkaBroker({ ...kafka, clientId: 'gateway' }))
  return { ...started.use(rpcPeers(peers)), publish: publisher(broker) }
}

/** The gateway starts without the broker; the topic is made before the first event, should nobody have made it. */
function publisher(broker: Broker): Peers['publish'] {
  let ready = false
  return async (messages) => {
    if (!ready) await broker.ensureTopics(rowsOf(flow, 'says').map(({ topic }) => topic))
    ready = true
    await broker.publish(messages)
  }
}
