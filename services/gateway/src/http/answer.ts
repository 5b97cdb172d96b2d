import { invalid } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import type { Request, Response } from 'express'
import type { PeerCall, Peers } from '../peers.ts'
import { type Authenticated, authenticate, type Verify } from './authenticate.ts'
import { digestOf } from './canonical.ts'
import { expectedVersion, idempotencyKey, parseBy, parseJson } from './read-request.ts'
import type { Context, Input, Route } from './route.ts'

export interface Behind {
  readonly verify: Verify
  readonly peers: Peers
}

/** Reads by the row's schemas, lets the handler work, writes what it says. */
export async function answer(row: Route, behind: Behind, request: Request, response: Response): Promise<void> {
  const input = readInput(row, request)
  const { body, etag } = await row.handle(input, contextOf(row, behind, request, response, input))
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
  { peers }: Behind,
  request: Request,
  response: Response,
  input: Input<unknown, unknown, unknown>,
): Context {
  const authenticated = response.locals.authenticated as Authenticated | undefined
  const caller = authenticated?.caller ?? NOBODY
  return {
    caller,
    workspaceId: caller.workspaceId ?? '',
    peers,
    call: callOf(authenticated?.token ?? '', request),
    idempotency: {
      key: idempotencyKey(request.get('idempotency-key')) ?? newId(),
      digest: digestOf(row.method, request.path, input.body ?? null),
    },
    expectedVersion: row.ifMatch ? expectedVersion(request.get('if-match')) : 0n,
  }
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
