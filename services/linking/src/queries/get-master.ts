import { authorize, badPageToken, notFound, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Rollup } from '../domain/rollup.ts'
import { type MasterPlace, type MasterRow, readMaster, readMasters } from '../store/master-reads.ts'
import { readRollups } from '../store/rollup-reads.ts'
import type { Unit } from '../store/sql.ts'
import type { QueryDeps, Reading } from './read-scope.ts'

export interface MasterView extends MasterRow {
  /** As this viewer sees it. */
  readonly rollup: Rollup
  /** No children at all, hidden ones included. */
  readonly empty: boolean
}

/** One master with its rollup; the counters alone are read. Throws `not-found` for hidden ones too. */
export const getMaster =
  ({ transact }: QueryDeps) =>
  ({ workspaceId, actor }: Reading, masterId: string): Promise<MasterView> => {
    authorize(actor, 'read-master')
    return transact(workspaceId, async (unit) => {
      const master = isId(masterId) ? await readMaster(unit, masterId, actor.hiddenGroupIds) : undefined
      const [view] = await withRollups(unit, master ? [master] : [], actor.hiddenGroupIds)
      if (!view) throw notFound('not-found', 'no such master in this workspace')
      return view
    })
  }

export interface MasterPage {
  readonly masters: readonly MasterView[]
  readonly nextPageToken: string
}

/** Masters, the youngest first; all rollups of a page are one statement. */
export const listMasters =
  ({ transact }: QueryDeps) =>
  (
    { workspaceId, actor }: Reading,
    asked: { readonly pageSize: number; readonly pageToken: string },
  ): Promise<MasterPage> => {
    authorize(actor, 'read-master')
    const limit = pageSize(asked.pageSize)
    const after = placeOf(asked.pageToken)
    return transact(workspaceId, async (unit) => {
      const rows = await readMasters(unit, { hiddenGroupIds: actor.hiddenGroupIds, after, limit })
      const last = rows.length === limit ? rows.at(-1)?.place : undefined
      const masters = await withRollups(unit, rows, actor.hiddenGroupIds)
      return { masters, nextPageToken: last ? Buffer.from(JSON.stringify(last)).toString('base64url') : '' }
    })
  }

async function withRollups(
  unit: Unit,
  masters: readonly MasterRow[],
  hiddenGroupIds: ReadonlySet<string>,
): Promise<MasterView[]> {
  if (masters.length === 0) return []
  const ids = masters.map(({ ticketId }) => ticketId)
  const rollups = await readRollups(unit, ids, hiddenGroupIds)
  return masters.flatMap(({ ticketId, since }) => {
    const rollup = rollups.get(ticketId)
    return rollup ? [{ ticketId, since, rollup, empty: rollup.children + rollup.hidden === 0 }] : []
  })
}

// as Postgres and JSON write it: Date.parse takes a bare "1" for a day, Postgres does not
const isInstant = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text))

function placeOf(token: string): MasterPlace | undefined {
  if (token === '') return undefined
  try {
    const { since, ticketId } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    if (isInstant(since) && isId(ticketId)) return { since, ticketId }
  } catch (cause) {
    throw badPageToken(cause)
  }
  throw badPageToken()
}
