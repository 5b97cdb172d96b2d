import type { Item, ListItemsResponse } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, type Route, route, streamRoute } from '../http/route.ts'
import { id, nextCursor, pageOf, pageRequest, paging, reply } from '../shapes/common.ts'
import { type Cell, csvRow } from '../shapes/csv.ts'
import { itemShape, toItem } from '../shapes/operation.ts'

const tag = 'operations'
const one = z.object({ id })
const filter = {
  state: z.enum(['planned', 'applied', 'skipped', 'failed']).optional(),
  notification: z.string().max(40).optional(),
}
type Filter = z.output<z.ZodObject<typeof filter>>
type Paging = ReturnType<typeof pageRequest>

const list = route({
  method: 'get',
  path: '/v1/operations/{id}/items',
  summary: 'What happened to each child, and to its notification',
  tag,
  params: one,
  query: z.strictObject({ ...paging, ...filter }),
  answer: pageOf(itemShape),
  handle: async ({ params, query }, context) => {
    const { items, nextPageToken } = await page(context, params.id, query, pageRequest(query))
    return reply({ items: items.map(toItem), nextCursor: nextCursor(nextPageToken) })
  },
})

const csv = streamRoute({
  path: '/v1/operations/{id}/items.csv',
  summary: 'The same as a file (RFC 4180)',
  tag,
  params: one,
  query: z.strictObject(filter),
  says: 'text/csv',
  handle: ({ params, query }, context) => ({
    headers: { 'content-disposition': `attachment; filename="operation-${params.id}.csv"` },
    chunks: rowsOf(context, params.id, query),
  }),
})

const page = (
  { workspaceId, peers, call }: Context,
  operationId: string,
  { state, notification }: Filter,
  paged: Paging,
): Promise<ListItemsResponse> =>
  peers.operation.listItems(
    { workspaceId, operationId, state: state ?? '', notification: notification ?? '', ...paged },
    call,
  )

/** Page by page, as the reader takes them: a hundred thousand rows are never held at once. */
async function* rowsOf(context: Context, operationId: string, query: Filter): AsyncGenerator<string> {
  let pageToken = ''
  let head = csvRow(columns)
  do {
    const { items, nextPageToken } = await page(context, operationId, query, { pageSize: 1000, pageToken })
    yield head + items.map((item) => csvRow(cellsOf(item))).join('')
    head = ''
    pageToken = nextPageToken
  } while (pageToken !== '')
}

type Shown = ReturnType<typeof toItem>

const columns = Object.keys(itemShape.shape) as readonly (keyof Shown)[]

const cellsOf = (item: Item): readonly Cell[] => {
  const shown = toItem(item)
  return columns.map((column) => shown[column])
}

export const itemRoutes: readonly Route[] = [list, csv]
