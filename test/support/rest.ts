import { newId } from '@umbel/kernel/ids'
import { textOf } from './read-answer.ts'

/** One call, exactly as given: no header is added but the token's. */
export interface Ask {
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, with its content type. */
  readonly json?: unknown
  readonly body?: string | Uint8Array<ArrayBuffer>
}

export interface Answered {
  readonly status: number
  readonly type: string
  readonly text: string
  /** The body's fields, where it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>>
}

export async function ask(base: string, { method, path, token, headers, json, body }: Ask): Promise<Answered> {
  const sent = json === undefined ? body : JSON.stringify(json)
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await textOf(response)
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, text, json: type.includes('json') ? JSON.parse(text) : {} }
}

/** A route that `/openapi.json` tells of: `post /v1/tickets/{id}/comments`. */
export interface ToldRoute {
  readonly method: string
  readonly path: string
}

/** Every route that the gateway says it has. */
export async function toldRoutes(base: string): Promise<readonly ToldRoute[]> {
  const { json } = await ask(base, { method: 'GET', path: '/openapi.json' })
  const paths = json.paths as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  )
}

/** The path with each parameter's value, or with an id that nobody has. */
export const filled = ({ path }: ToldRoute, values: Readonly<Record<string, string>> = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? (name === 'slug' ? 'nowhere' : newId()))
