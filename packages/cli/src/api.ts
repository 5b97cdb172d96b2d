import { randomUUID } from 'node:crypto'
import { refused, type UmbelError, unavailable } from '@umbel/kernel'
import { follow, type ServerEvent } from './events.ts'

export type Query = Readonly<Record<string, string | number | undefined>>

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

/** The gateway's REST, as one login sees it. Refusals are thrown as `UmbelError` with the answer's slug. */
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>
  /** Writes carry a fresh idempotency key unless one is given. */
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, key?: string): Promise<T>
  /** Every item of a list, by pages of 1,000. */
  all<T>(path: string, query?: Query): AsyncGenerator<T>
  /** An answer as it comes, such as a file. */
  bytes(path: string, query?: Query): AsyncGenerator<Uint8Array>
  /** What happens from now on, until there is no more. */
  events(path: string): AsyncGenerator<ServerEvent>
}

/** The whole of a list at once. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

export interface ApiOptions {
  /** Where the gateway answers: `http://127.0.0.1:8080`. */
  readonly base: string
  readonly token: () => Promise<string>
}

interface Init {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const PAGE = 1000
// a bulk link of 10,000 children is one answer
const TIMEOUT_MS = 120_000

export function createApi({ base, token }: ApiOptions): Api {
  async function call<T>(method: string, path: string, query: Query, init: Init): Promise<T> {
    const headers = { ...init.headers, authorization: `Bearer ${await token()}` }
    return request<T>(withQuery(new URL(path, base), query), { ...init, method, headers })
  }
  const get = <T>(path: string, query: Query = {}) => call<T>('GET', path, query, {})
  const open = async (path: string, query: Query, headers: Readonly<Record<string, string>>) =>
    opened(withQuery(new URL(path, base), query), { ...headers, authorization: `Bearer ${await token()}` })
  return {
    get,
    send: (method, path, body, key = randomUUID()) => {
      const headers = { 'idempotency-key': key, 'content-type': 'application/json' }
      return call(method, path, {}, body === undefined ? { headers } : { headers, body: JSON.stringify(body) })
    },
    async *all<T>(path: string, query: Query = {}) {
      let cursor: string | undefined
      do {
        const page: Page<T> = await get(path, { ...query, limit: PAGE, cursor })
        yield* page.items
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
    },
    async *bytes(path, query = {}) {
      yield* await open(path, query, {})
    },
    events: (path) => follow((last) => open(path, {}, last === '' ? {} : { 'last-event-id': last })),
  }
}

function withQuery(url: URL, query: Query): URL {
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  return url
}

/** One HTTP exchange; JSON back, or an `UmbelError` that says why not. */
export async function request<T>(url: URL, init: RequestInit): Promise<T> {
  const response = await reach(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as T
  throw problem(response.status, text, url)
}

/** An answer whose body takes as long as it takes. */
async function opened(url: URL, headers: Readonly<Record<string, string>>): Promise<ReadableStream<Uint8Array>> {
  const response = await reach(url, { headers })
  if (!response.ok) throw problem(response.status, await response.text(), url)
  return response.body ?? new ReadableStream()
}

const reach = (url: URL, init: RequestInit): Promise<Response> =>
  fetch(url, init).catch((cause: unknown) => {
    throw unavailable('not-reachable', `${url.origin} does not answer`, { cause })
  })

function problem(status: number, text: string, url: URL): UmbelError {
  const { slug, detail, field } = readProblem(text)
  if (status >= 500) return unavailable(slug, detail ?? `${url.pathname} answered ${status}`)
  return refused(slug, detail ?? `${url.pathname} answered ${status}`, field === undefined ? {} : { field })
}

interface ProblemJson {
  readonly slug: string
  readonly detail?: string
  readonly field?: string
}

function readProblem(text: string): ProblemJson {
  try {
    return { slug: 'refused', ...(JSON.parse(text) as Partial<ProblemJson>) }
  } catch (cause) {
    return { slug: 'not-understood', detail: cause instanceof Error ? `the answer is no JSON: ${cause.message}` : text }
  }
}
