import { type Belongings, directoryBody } from './belongings.ts'
import { filled, type ToldRoute } from './rest.ts'

/** What a route's parameters are the ids of. */
export function paramsOf({ path }: ToldRoute, of: Belongings): Readonly<Record<string, string>> {
  const kind = /^\/v1\/directory\/(\w+)/.exec(path)?.[1] as keyof Belongings | undefined
  if (kind !== undefined) return { id: of[kind] }
  if (path.startsWith('/v1/masters')) return { id: of.master }
  if (path.startsWith('/v1/operations')) return { id: of.operation }
  if (path.startsWith('/v1/webhooks')) return { id: of.webhook }
  if (path.startsWith('/v1/dead-letters')) return { id: of.deadLetter }
  return { id: of.child, linkId: of.link, resourceId: of.resource }
}

const bodies: Readonly<Record<string, (of: Belongings) => unknown>> = {
  'POST /v1/tickets': () => ({ subject: 'One more' }),
  'PATCH /v1/tickets/{id}': () => ({ priority: 'high' }),
  'POST /v1/tickets/{id}/comments': () => ({ public: true, text: 'Hello.' }),
  'POST /v1/tickets/{id}/links': ({ master }) => ({ kind: 'related', target: master }),
  'POST /v1/tickets/{id}/resources': () => ({ kind: 'task', title: 'A task', url: 'https://tasks.example/2' }),
  'POST /v1/masters/{id}/children': ({ child }) => ({ ids: [child] }),
  'DELETE /v1/masters/{id}/children': ({ child }) => ({ ids: [child] }),
  'POST /v1/masters/{id}/demote': () => ({ reason: 'a mistake' }),
  'POST /v1/masters/{id}/operations': () => ({ kind: 'close' }),
  'POST /v1/operations/{id}/start': () => ({ planHash: 'a'.repeat(64) }),
  'POST /v1/operations/{id}/approve': () => ({ planHash: 'a'.repeat(64) }),
  'POST /v1/operations/{id}/rate': () => ({ childrenPerMinute: 60 }),
  'PUT /v1/settings/operations': () => ({ approvalFrom: 0, retentionDays: 90 }),
  'POST /v1/directory/requesters/{id}/erase': () => ({ reason: 'asked for' }),
  'POST /v1/webhooks': () => ({ url: 'https://hooks.example/one-more' }),
  'PUT /v1/webhooks/{id}': () => ({ url: 'https://hooks.example/another' }),
  'DELETE /v1/suppressions': () => ({ address: 'nobody@customer.example' }),
  'PUT /v1/workspaces/{slug}': () => ({}),
}

/** A body that the route takes, in terms of what is there. */
export function bodyOf(route: ToldRoute, of: Belongings): unknown {
  if (route.method === 'GET') return undefined
  const own = bodies[`${route.method} ${route.path}`]
  if (own !== undefined) return own(of)
  const kind = /^\/v1\/directory\/(\w+)/.exec(route.path)?.[1]
  return kind === undefined ? undefined : directoryBody(kind)
}

/** The path with its parameters and the query that it cannot do without. */
export const pathOf = (route: ToldRoute, params: Readonly<Record<string, string>>): string =>
  filled(route, params) + (route.path.startsWith('/v1/dead-letters') ? '?service=ticket' : '')
