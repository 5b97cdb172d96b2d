import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { instant, iso, nextCursor, pageOf, pageRequest, paging, removed, reply } from '../shapes/common.ts'

const tag = 'notifications'
const path = '/v1/suppressions'

const suppressionShape = z.object({
  address: z.string(),
  reason: z.string().describe('hard-bounce, soft-bounces, complaint or by-hand'),
  createdAt: instant.nullable(),
})

const list = route({
  method: 'get',
  path,
  summary: 'Addresses that get no mail, and why',
  tag,
  query: z.strictObject(paging),
  answer: pageOf(suppressionShape),
  handle: async ({ query }, { workspaceId, peers, call }) => {
    const found = await peers.notification.listSuppressions({ workspaceId, ...pageRequest(query) }, call)
    const items = found.suppressions.map(({ address, reason, createdAt }) => ({
      address,
      reason,
      createdAt: iso(createdAt),
    }))
    return reply({ items, nextCursor: nextCursor(found.nextPageToken) })
  },
})

// in the body: an address is personal and stands in no path
const remove = route({
  method: 'delete',
  path,
  summary: 'Let an address get mail again',
  keyed: false,
  tag,
  body: z.strictObject({ address: z.email().max(320) }),
  answer: removed,
  handle: async ({ body }, { workspaceId, peers, call }) => {
    await peers.notification.deleteSuppression({ workspaceId, address: body.address }, call)
    return reply({ removed: true as const })
  },
})

export const suppressionRoutes: readonly Route[] = [list, remove]
