import { randomUUID } from 'node:crypto'
import { forbidden, isUmbelError, notFound, refused, UmbelError, unavailable } from '@umbel/kernel'
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
  /** Whoever asks, as a person would say it: refusals name them. */
  readonly as: string
  readonly token: () => Promise<string>
}

interface Init {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const PAGE = 1000
// a bulk link of 10,000 children is one answer
const TIMEOUT_MS = 120_000

export function createApi({ base, as, token }: ApiOptions): Api {
  async function call<T>(method: string, path: string, query: Query, init: Init): Promise<T> {
    const headers = { ...init.headers, authorization: `Bearer ${await token()}` }
    return told(request<T>(withQuery(new URL(path, base), query), { ...init, method, headers }))
  }
  const told = <T>(answer: Promise<T>) => answer.catch((thrown: unknown) => Promise.reject(naming(thrown, as)))
  const get = <T>(path: string, query: Query = {}) => call<T>('GET', path, query, {})
  const open = async (path: string, query: Query, headers: Readonly<Record<string, string>>) =>
    told(opened(withQuery(new URL(path, base), query), { ...headers, authorization: `Bearer ${await token()}` }))
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
    const hint = 'npm start starts the stack of this tree, umbel doctor tells what is up'
    throw unavailable('not-reachable', `${url.origin} does not answer; ${hint}`, { cause })
  })

function problem(status: number, text: string, url: URL): UmbelError {
  const { slug, detail, field } = readProblem(text)
  if (status >= 500) return unavailable(slug, detail ?? `${url.pathname} answered ${status}`)
  const raise = raisedBy.get(status) ?? refused
  return raise(slug, detail ?? `${url.pathname} answered ${status}`, field === undefined ? {} : { field })
}

const raisedBy = new Map([
  [401, forbidden],
  [403, forbidden],
  [404, notFound],
])

/** The same error; with who asked, where the answer depends on it: what one workspace has, another has not. */
function naming(thrown: unknown, as: string): unknown {
  if (!isUmbelError(thrown) || (thrown.kind !== 'forbidden' && thrown.kind !== 'not-found')) return thrown
  const { kind, slug, message, field } = thrown
  const named = `${message}; asked as ${as}`
  return new UmbelError(kind, slug, named, field === undefined ? { cause: thrown } : { field, cause: thrown })
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
