import { idFrom, newId } from '@umbel/kernel/ids'
import type { TestIssuer } from '@umbel/test-kit'

/** An answer of the API that was not a success. */
export class ProblemError extends Error {
  readonly status: number
  readonly problem: { readonly slug?: string; readonly field?: string; readonly detail?: string }

  constructor(status: number, problem: ProblemError['problem'], asked: string) {
    super(`${asked} answered ${status} ${problem.slug ?? ''}: ${problem.detail ?? ''}`)
    this.status = status
    this.problem = problem
  }
}

/** The REST API as one person sees it. Answers are what the API said, unchecked: the test looks at them. */
export interface Api {
  readonly token: string
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  patch<T>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<T>
  delete<T>(path: string, body?: unknown): Promise<T>
  /** Every item of a paged list. */
  all<T>(path: string): Promise<T[]>
}

export function apiAs(base: string, token: string): Api {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': newId() }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    })
    const text = await response.text()
    const answer = text === '' ? undefined : JSON.parse(text)
    if (!response.ok) throw new ProblemError(response.status, answer ?? {}, `${method} ${path}`)
    return answer
  }
  const get = <T>(path: string) => call<T>('GET', path)
  return {
    token,
    get,
    post: (path, body, headers) => call('POST', path, body ?? {}, headers),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, body) => call('DELETE', path, body),
    async all<T>(path: string) {
      const items: T[] = []
      const ask = path.includes('?') ? '&' : '?'
      let cursor: string | null = null
      do {
        const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page: { items: T[]; nextCursor: string | null } = await get(`${path}${ask}limit=1000${at}`)
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null)
      return items
    },
  }
}

/** Signs somebody in at the local issuer: `operator`, or `<name>@<workspace>`. */
export async function signIn(base: string, issuer: string, username: string): Promise<Api> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username, password: 'umbel', client_id: 'umbel-cli' }),
  })
  if (!response.ok) throw new Error(`the issuer refused ${username}: ${await response.text()}`)
  const { access_token: token } = (await response.json()) as { access_token: string }
  return apiAs(base, token)
}

/** The same person with a token of the test's own issuer, which can also make wrong ones. */
export async function signInWith(base: string, issuer: TestIssuer, username: string): Promise<Api> {
  if (username === 'operator') return apiAs(base, await issuer.operatorToken())
  return apiAs(base, await issuer.agentToken(identityOf(username)))
}

/** Who `<name>@<workspace>` is, by the rule that seeds people. */
export function identityOf(username: string): { readonly workspaceId: string; readonly agentId: string } {
  const [name = '', slug = ''] = username.split('@')
  const workspaceId = idFrom('workspace', slug)
  return { workspaceId, agentId: idFrom('agent', workspaceId, name) }
}
