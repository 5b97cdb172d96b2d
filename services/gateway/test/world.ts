import { create, type DescService } from '@bufbuild/protobuf'
import { ResolveActorResponseSchema } from '@umbel/contracts'
import { forbidden } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { Message } from '@umbel/messaging'
import type { Caller } from '@umbel/rpc'
import { createApp } from '../src/http/app.ts'
import { createLive, type LiveOptions } from '../src/live/live.ts'
import { type DeadLetterOwner, deadLetterOwners, type Peer, type Peers } from '../src/peers.ts'
import { routes } from '../src/routes/table.ts'
import { listen } from '../src/server.ts'

export const workspaceId = idFrom('workspace', 'desk')
export const agentId = idFrom('agent', workspaceId, 'admin')

const colleagueId = idFrom('agent', workspaceId, 'colleague')

const callers: Readonly<Record<string, Caller>> = {
  agent: { kind: 'agent', id: agentId, workspaceId, actorId: agentId },
  colleague: { kind: 'agent', id: colleagueId, workspaceId, actorId: colleagueId },
  operator: { kind: 'operator', id: 'operator', workspaceId: null, actorId: null },
  service: { kind: 'service', id: 'ticket', workspaceId: null, actorId: null },
}

/** A peer that has the methods a test gives it; any other call fails the test with its name. */
export function peer<S extends DescService>(name: string, methods: Partial<Peer<S>> = {}): Peer<S> {
  const absent = (method: PropertyKey) => () => Promise.reject(new Error(`${name} was asked ${String(method)}`))
  return new Proxy(methods as Peer<S>, { get: (held, method) => Reflect.get(held, method) ?? absent(method) })
}

export interface Desk extends AsyncDisposable {
  readonly published: Message[]
  readonly lines: string[]
  readonly port: number
  /** `token`: agent, colleague, operator, service, or anything else for a token that nobody signed. */
  ask<T = Loose>(method: string, path: string, options?: Asked): Promise<Answered<T>>
}
export interface Asked {
  readonly token?: string | null
  readonly body?: unknown
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}
type Loose = Readonly<Record<string, unknown>>
export interface Answered<T> {
  readonly status: number
  readonly headers: Headers
  readonly json: T
}

/** The gateway over real HTTP, with peers handed in. */
export async function startDesk(
  given: Partial<Peers> = {},
  paces: LiveOptions = {},
  withdrawn: () => Error | undefined = () => undefined,
): Promise<Desk> {
  const live = createLive(paces)
  const published: Message[] = []
  const lines: string[] = []
  const log = (fields: object, line: string) => void lines.push(`${line} ${JSON.stringify(fields)}`)
  const app = createApp({
    routes,
    peers: peersOf(given, published),
    verify: async (token) => {
      const caller = withdrawn() === undefined ? callers[token] : undefined
      return caller ?? Promise.reject(withdrawn() ?? forbidden('token-invalid', 'nobody signed this'))
    },
    log: { info: log, error: log },
    readiness: async () => ({ ticket: true, linking: false }),
    live,
  })
  const server = await listen(app, '127.0.0.1', 0)
  return {
    published,
    lines,
    port: server.port,
    ask: (method, path, options = {}) => ask(`http://127.0.0.1:${server.port}${path}`, method, options),
    [Symbol.asyncDispose]: () => {
      live[Symbol.dispose]()
      return server[Symbol.asyncDispose]()
    },
  }
}

function peersOf(given: Partial<Peers>, published: Message[]): Peers {
  const deadLetters = Object.fromEntries(deadLetterOwners.map((owner) => [owner, peer(owner)]))
  return {
    ticket: peer('ticket', { resolveActor: async () => create(ResolveActorResponseSchema, { role: 'admin' }) }),
    directory: peer('directory'),
    linking: peer('linking'),
    notification: peer('notification'),
    operation: peer('operation'),
    deadLetters: deadLetters as Record<DeadLetterOwner, Peers['deadLetters'][DeadLetterOwner]>,
    publish: async (messages) => void published.push(...messages),
    ...given,
  }
}

async function ask<T>(url: string, method: string, given: Asked): Promise<Answered<T>> {
  const { token = 'agent', body, raw, headers } = given
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      connection: 'close',
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent as NonNullable<RequestInit['body']> }),
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as T }
}
