import { authorize, badPageToken, invalid, notFound, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Status } from '../domain/words.ts'
import { type ChildRow, readChildren } from '../store/link-reads.ts'
import { readMaster } from '../store/master-reads.ts'
import type { QueryDeps, Reading } from './read-scope.ts'

export interface ListChildren {
  readonly masterId: string
  /** Empty: all. */
  readonly ticketIds: readonly string[]
  readonly statuses: readonly Status[]
  readonly primaryOnly: boolean
  readonly pageSize: number
  readonly pageToken: string
}

export interface ChildPage {
  readonly children: readonly ChildRow[]
  readonly nextPageToken: string
  /** The highest link_seq there is; what lies above joined later. */
  readonly highWater: number
}

const MOST_IDS = 10_000

/** A page of a master's children that the viewer may see, in the order in which they were linked. */
export const listChildren =
  ({ transact }: QueryDeps) =>
  ({ workspaceId, actor }: Reading, request: ListChildren): Promise<ChildPage> => {
    authorize(actor, 'read-master')
    const { hiddenGroupIds } = actor
    const limit = pageSize(request.pageSize)
    if (request.ticketIds.length > MOST_IDS)
      throw invalid('too-many-tickets', `at most ${MOST_IDS} ids`, { field: 'ticket_ids' })
    if (!/^\d{0,15}$/.test(request.pageToken)) throw badPageToken()
    const ticketIds = request.ticketIds.filter(isId)
    return transact(workspaceId, async (unit) => {
      const master = isId(request.masterId) ? await readMaster(unit, request.masterId, hiddenGroupIds) : undefined
      if (!master) throw notFound('not-found', 'no such master in this workspace')
      const filter = { ...request, ticketIds, hiddenGroupIds, limit, afterSeq: Number(request.pageToken) }
      const nobody = request.ticketIds.length > 0 && ticketIds.length === 0
      const children = nobody ? [] : await readChildren(unit, filter)
      const last = children.length === limit ? children.at(-1)?.linkSeq : undefined
      return { children, nextPageToken: last === undefined ? '' : String(last), highWater: master.linkSeq }
    })
  }
