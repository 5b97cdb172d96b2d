import { invalid } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import type { Request, Response } from 'express'
import type { Live } from '../live/live.ts'
import type { PeerCall, Peers } from '../peers.ts'
import { type Authenticated, authenticate, type Verify } from './authenticate.ts'
import { digestOf } from './canonical.ts'
import { expectedVersion, idempotencyKey, parseBy, parseJson } from './read-request.ts'
import type { Context, Input, Route } from './route.ts'
import { sendStream } from './send-stream.ts'

export interface Behind {
  readonly verify: Verify
  readonly peers: Peers
  readonly live: Live
}

/** Reads by the row's schemas, lets the handler work, writes what it says. */
export async function answer(row: Route, behind: Behind, request: Request, response: Response): Promise<void> {
  const input = readInput(row, request)
  const answered = row.handle(input, contextOf(row, behind, request, response, input))
  if ('chunks' in answered) return sendStream(row, answered, behind.live.stallMs, response)
  const { body, etag } = await answered
  if (etag !== undefined) response.setHeader('etag', etag)
  response.status(row.status).json(body)
}

/** Runs before the body is read: whoever has no valid token cannot make the gateway read anything. */
export async function admit(row: Route, behind: Behind, request: Request, response: Response): Promise<void> {
  response.locals.authenticated = await authenticate(behind.verify, row.access, request.get('authorization'))
}

const isRaw = (row: Route): boolean => row.rawTypes.length > 0

function readInput(row: Route, request: Request): Input<unknown, unknown, unknown> {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array()
  if (!isRaw(row) && bytes.length > 0 && !request.is(['json', '+json']))
    throw invalid('unsupported-media-type', 'bodies are application/json here')
  return {
    params: row.params ? parseBy(row.params, request.params) : {},
    query: parseBy(row.query, request.query),
    body: row.body ? parseBy(row.body, parseJson(bytes)) : undefined,
    headers: flat(request),
    raw: bytes,
  }
}

function contextOf(
  row: Route,
  { peers, verify, live }: Behind,
  request: Request,
  response: Response,
  input: Input<unknown, unknown, unknown>,
): Context {
  const authenticated = response.locals.authenticated as Authenticated | undefined
  const caller = authenticated?.caller ?? NOBODY
  const token = authenticated?.token ?? ''
  return {
    caller,
    workspaceId: caller.workspaceId ?? '',
    peers,
    call: callOf(token, request),
    idempotency: {
      key: idempotencyKey(request.get('idempotency-key')) ?? newId(),
      digest: digestOf(row.method, request.path, input.body ?? null),
    },
    expectedVersion: row.ifMatch ? expectedVersion(request.get('if-match')) : 0n,
    live,
    reverify: async () => void (await verify(token)),
    signal: AbortSignal.any([live.stopping, goneOf(response)]),
  }
}

function goneOf(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

const NOBODY: Context['caller'] = { kind: 'service', id: '', workspaceId: null, actorId: null }

function callOf(token: string, request: Request): PeerCall {
  const traceparent = request.get('traceparent')
  return traceparent === undefined ? { token } : { token, traceparent }
}

const flat = (request: Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, held]) => (typeof held === 'string' ? [[name, held]] : [])),
  )
