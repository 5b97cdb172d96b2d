import type { ListDirectoryResponse } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, type Route, route } from '../http/route.ts'
import { id, nextCursor, pageOf, pageRequest, paging, reply } from '../shapes/common.ts'

type Write = Pick<Context, 'workspaceId' | 'idempotency' | 'peers' | 'call'>

interface Kind<B extends z.ZodType, S extends z.ZodType> {
  readonly kind: string
  readonly body: B
  readonly shape: S
  readonly list: (answered: ListDirectoryResponse) => z.input<S>[]
  /** An empty id makes a new one. */
  readonly put: (write: Write, body: z.output<B>, given: string) => Promise<z.input<S>>
}

/** What every kind of directory entry offers: list, make, replace. */
export function directoryRows<B extends z.ZodType, S extends z.ZodType>(of: Kind<B, S>): readonly Route[] {
  const path = `/v1/directory/${of.kind}`
  const tag = 'directory'
  const list = route({
    method: 'get',
    path,
    summary: `The ${of.kind} of the workspace`,
    tag,
    query: z.strictObject(paging),
    answer: pageOf(of.shape),
    handle: async ({ query }, { workspaceId, peers, call }) => {
      const answered = await peers.directory.listDirectory({ workspaceId, kind: of.kind, ...pageRequest(query) }, call)
      return reply({ items: of.list(answered), nextCursor: nextCursor(answered.nextPageToken) })
    },
  })
  const make = route({
    method: 'post',
    path,
    summary: `Add to the ${of.kind}`,
    tag,
    body: of.body,
    status: 201,
    answer: of.shape,
    handle: async ({ body }, context) => reply(await of.put(writeOf(context), body, '')),
  })
  const replace = route({
    method: 'put',
    path: `${path}/{id}`,
    summary: `Replace one of the ${of.kind}`,
    tag,
    params: z.object({ id }),
    body: of.body,
    answer: of.shape,
    handle: async ({ params, body }, context) => reply(await of.put(writeOf(context), body, params.id)),
  })
  return [list, make, replace]
}

const writeOf = ({ workspaceId, idempotency, peers, call }: Context): Write => ({
  workspaceId,
  idempotency,
  peers,
  call,
})
