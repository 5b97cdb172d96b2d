import type { Caller } from '@umbel/rpc'
import { z } from 'zod'
import type { Live } from '../live/live.ts'
import type { PeerCall, Peers } from '../peers.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Who may knock: an agent of a workspace, an operator, either of them, or anybody. What they may do, the owner says. */
export type Access = 'agent' | 'operator' | 'agent-or-operator' | 'public'

/** What a write brings so that its repeat is known. */
export interface Idempotency {
  readonly key: string
  readonly digest: Uint8Array
}

/** What every handler is given besides its own input. */
export interface Context {
  readonly caller: Caller
  /** The caller's workspace; '' for operators, who name one in the path or the query. */
  readonly workspaceId: string
  readonly peers: Peers
  /** Handed on with each call to a peer: the caller's own token, so that the owner sees the caller's rights itself. */
  readonly call: PeerCall
  readonly idempotency: Idempotency
  /** The version of `If-Match`, 0 where none is given. */
  readonly expectedVersion: bigint
  readonly live: Live
  /** Throws once the caller's token is not good any more: for answers that last. */
  readonly reverify: () => Promise<void>
  /** Aborted when the caller has gone or the gateway ends. */
  readonly signal: AbortSignal
}

/** What a request says, checked by the route's schemas. `raw` is the untouched body where a route reads it itself. */
export interface Input<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>
  readonly raw: Uint8Array
}

export interface Reply<T> {
  readonly body: T
  readonly etag?: string
}

/** An answer that is written while it is made, no faster than the caller reads. What its first chunk refuses is a problem. */
export interface Streamed {
  readonly chunks: AsyncIterable<string>
  readonly headers?: Readonly<Record<string, string>>
}

export type Handle = (input: Input<unknown, unknown, unknown>, context: Context) => Promise<Reply<unknown>> | Streamed

/** A row of the table: both the served route and its entry in the OpenAPI document. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly access: Access
  readonly params: z.ZodObject | undefined
  readonly query: z.ZodObject
  readonly body: z.ZodType | undefined
  /** Media types of bodies that the handler reads itself instead of JSON by schema. */
  readonly rawTypes: readonly string[]
  readonly bodyLimit: number
  readonly ifMatch: boolean
  /** A write whose repeat is known by its `Idempotency-Key`; without it, a second time is harmless by what it does. */
  readonly keyed: boolean
  readonly status: number
  readonly answer: z.ZodType
  /** The media type of the answer. */
  readonly says: string
  readonly handle: Handle
}

/** What a row may say of how it is asked, and what stands where it says nothing. */
interface Asked<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly access?: Access
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly rawTypes?: readonly string[]
  readonly bodyLimit?: number
  readonly ifMatch?: boolean
  readonly keyed?: boolean
  readonly status?: number
}

interface RouteOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>
  extends Asked<P, Q, B> {
  readonly answer: A
  readonly handle: (input: Input<z.output<P>, z.output<Q>, z.output<B>>, context: Context) => Promise<Reply<z.input<A>>>
}

interface StreamOf<P extends z.ZodObject, Q extends z.ZodObject>
  extends Omit<Asked<P, Q, z.ZodType>, 'method' | 'body'> {
  readonly says: 'text/csv' | 'text/event-stream'
  readonly handle: (input: Input<z.output<P>, z.output<Q>, undefined>, context: Context) => Streamed
}

export const MEGABYTE = 1024 * 1024

/** Ties a handler's types to its schemas; the table holds the widened row. */
export const route = <P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType>(
  row: RouteOf<P, Q, B, A>,
): Route => ({
  ...asked(row),
  answer: row.answer,
  says: 'application/json',
  // the server parses with this very row's schemas before it calls
  handle: row.handle as Handle,
})

/** A row that is read while it is written: a file, or what happens from now on. */
export const streamRoute = <P extends z.ZodObject, Q extends z.ZodObject>(row: StreamOf<P, Q>): Route => ({
  ...asked({ ...row, method: 'get' }),
  answer: z.string(),
  says: row.says,
  handle: row.handle as Handle, // as above
})

const asked = (row: Asked<z.ZodObject, z.ZodObject, z.ZodType>): Omit<Route, 'answer' | 'says' | 'handle'> => ({
  method: row.method,
  path: row.path,
  summary: row.summary,
  tag: row.tag,
  access: row.access ?? 'agent',
  params: row.params,
  query: row.query ?? z.strictObject({}),
  body: row.body,
  rawTypes: row.rawTypes ?? [],
  bodyLimit: row.bodyLimit ?? MEGABYTE,
  ifMatch: row.ifMatch ?? false,
  keyed: row.method !== 'get' && (row.keyed ?? true),
  status: row.status ?? 200,
})
