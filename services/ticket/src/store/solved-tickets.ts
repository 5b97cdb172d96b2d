import { type Transaction, timestamptzArray, uuidArray } from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'
import type { Change } from '../domain/change.ts'

/** Puts what became solved among what will be closed for good, as of now, and takes out what is solved no longer. */
export async function keepSolved(trx: Transaction, workspaceId: string, steps: readonly Change[]): Promise<void> {
  const { solved, left } = movesOf(steps)
  await Promise.all([
    left.length > 0 &&
      touched(trx, 'delete from solved_ticket where workspace_id = ? and ticket_id = any(?::uuid[])', [
        workspaceId,
        uuidArray(left),
      ]),
    solved.length > 0 &&
      touched(
        trx,
        `insert into solved_ticket (workspace_id, ticket_id, solved_recorded_at)
         select ?::uuid, * from unnest(?::uuid[], ?::timestamptz[])
             on conflict (workspace_id, ticket_id) do update set solved_recorded_at = excluded.solved_recorded_at`,
        [
          workspaceId,
          uuidArray(solved.map(({ ticket }) => ticket.id)),
          timestamptzArray(solved.map(({ recordedAt }) => recordedAt)),
        ],
      ),
  ])
}

/** The last step of each ticket that became solved, and the ids of those that were and are not. */
function movesOf(steps: readonly Change[]): { readonly solved: readonly Change[]; readonly left: readonly string[] } {
  const last = new Map<string, Change>()
  const were = new Set<string>()
  for (const change of steps)
    for (const fact of change.facts) {
      if (fact.type === 'opened' || fact.type === 'status-changed') last.set(change.ticket.id, change)
      if (fact.type === 'status-changed' && fact.from === 'solved') were.add(change.ticket.id)
    }
  const solved = [...last.values()].filter(({ ticket }) => ticket.status === 'solved')
  const stayed = new Set(solved.map(({ ticket }) => ticket.id))
  return { solved, left: [...were].filter((id) => !stayed.has(id)) }
}
