import { authorize, badPageToken, invalid, notFound, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { slaStates } from '../domain/ticket-sla.ts'
import type { Status } from '../domain/words.ts'
import { type ChildRow, readChildren } from '../store/link-reads.ts'
import { readMaster } from '../store/master-reads.ts'
import type { QueryDeps, Reading } from './read-scope.ts'

/** Which children; an empty list chooses none out, and those given have to hold together. */
export interface ListChildren {
  readonly masterId: string
  readonly ticketIds: readonly string[]
  readonly statuses: readonly Status[]
  /** Any of them. */
  readonly labels: readonly string[]
  readonly customerIds: readonly string[]
  readonly projectIds: readonly string[]
  readonly slaStates: readonly string[]
  /** Those that joined above it. */
  readonly aboveLinkSeq: number
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
    assertFits(request)
    const afterSeq = Math.max(Number(request.pageToken), request.aboveLinkSeq)
    return transact(workspaceId, async (unit) => {
      const master = isId(request.masterId) ? await readMaster(unit, request.masterId, hiddenGroupIds) : undefined
      if (!master) throw notFound('not-found', 'no such master in this workspace')
      const choice = idsOnly(request)
      const children = choice ? await readChildren(unit, { ...choice, hiddenGroupIds, limit, afterSeq }) : []
      const last = children.length === limit ? children.at(-1)?.linkSeq : undefined
      return { children, nextPageToken: last === undefined ? '' : String(last), highWater: master.linkSeq }
    })
  }

function assertFits(request: ListChildren): void {
  for (const list of ['ticketIds', 'labels', 'customerIds', 'projectIds'] as const)
    if (request[list].length > MOST_IDS)
      throw invalid('too-many-tickets', `at most ${MOST_IDS}`, { field: fields[list] })
  if (request.slaStates.some((word) => !slaStates.some((state) => state === word)))
    throw invalid('sla-state-unknown', `one of ${slaStates.join(', ')}`, { field: 'sla_states' })
  if (!/^\d{0,15}$/.test(request.pageToken)) throw badPageToken()
}

const fields = {
  ticketIds: 'ticket_ids',
  labels: 'labels',
  customerIds: 'customer_ids',
  projectIds: 'project_ids',
} as const

/** The same without what is no id; undefined where that leaves nobody. */
function idsOnly(request: ListChildren): ListChildren | undefined {
  const ticketIds = request.ticketIds.filter(isId)
  const customerIds = request.customerIds.filter(isId)
  const projectIds = request.projectIds.filter(isId)
  const emptied =
    ticketIds.length < Math.min(1, request.ticketIds.length) ||
    customerIds.length < Math.min(1, request.customerIds.length) ||
    projectIds.length < Math.min(1, request.projectIds.length)
  return emptied ? undefined : { ...request, ticketIds, customerIds, projectIds }
}
