import { TicketService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { startTestIssuer, type TestIssuer } from '@umbel/test-kit'
import { createVerifier, type Handlers, type RpcClient, type RpcServer, rpcClient, serveRpc } from '../src/index.ts'

export const workspaceId = newId()
export const agent = { workspaceId, agentId: newId() }

const nothing = Object.fromEntries(
  TicketService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof TicketService>

/** A ticket service of which each test says what it does, and an agent who calls it. */
export interface Desk extends AsyncDisposable {
  readonly issuer: TestIssuer
  readonly server: RpcServer
  readonly counted: { readonly method: string; readonly code: string }[]
  readonly logged: object[]
  agent(deadlineMs?: number): RpcClient<typeof TicketService>
}

export async function openDesk(handlers: Partial<Handlers<typeof TicketService>>, capMs = 30_000): Promise<Desk> {
  const owned = new AsyncDisposableStack()
  const issuer = owned.use(await startTestIssuer())
  const counted: Desk['counted'] = []
  const logged: object[] = []
  const server = owned.use(
    await serveRpc({
      host: '127.0.0.1',
      port: 0,
      services: [{ service: TicketService, handlers: { ...nothing, ...handlers } }],
      verify: createVerifier({ issuer: issuer.url, audience: 'umbel' }),
      log: { error: (fields) => logged.push(fields) },
      metrics: { handled: (method, code) => counted.push({ method, code }) },
      capMs,
    }),
  )
  const token = () => issuer.agentToken(agent)
  return {
    issuer,
    server,
    counted,
    logged,
    agent: (deadlineMs = 5_000) =>
      owned.use(rpcClient(TicketService, { address: `127.0.0.1:${server.port}`, token, deadlineMs })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
