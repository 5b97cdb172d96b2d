import {
  fromWirePriority,
  fromWireStatus,
  type Master,
  priorityWords,
  type Rollup,
  statusWords,
  type Ticket,
} from '@umbel/contracts'
import { z } from 'zod'
import { count, id, instant, iso, status } from './common.ts'
import { toTicket } from './ticket.ts'

const perStatus = z.object(Object.fromEntries(statusWords.map((word) => [word, count])))
const perPriority = z.object(Object.fromEntries(priorityWords.map((word) => [word, count])))

const rollupFields = {
  children: z.object({ total: count, open: count, closed: count, byStatus: perStatus }),
  byPriority: perPriority,
  latestReply: z.object({ ticketId: id, commentId: id, occurredAt: instant.nullable() }).nullable(),
  customers: count,
  projects: count,
  hidden: count.describe('children in private groups that the viewer may not see; counted nowhere else'),
  sla: z.object({ atRisk: count.nullable(), breached: count.nullable() }).describe('null until clocks exist'),
}
export const rollupShape = z.object(rollupFields)
/** With the lists: up to 100 of each, those with most children first. */
export const fullRollupShape = z.object({
  ...rollupFields,
  customerIds: z.array(id),
  projectIds: z.array(id),
  contributing: count,
  version: count,
})

export const masterShape = z.object({
  id,
  number: count.nullable(),
  subject: z.string(),
  external: z.object({ source: z.string(), id: z.string() }).nullable(),
  status: status.nullable(),
  empty: z.boolean(),
  since: instant.nullable(),
  rollup: rollupShape,
})
export type MasterJson = z.output<typeof masterShape>

function tally<W extends string>(words: readonly W[], counted: readonly (readonly [W | undefined, bigint])[]) {
  const found = new Map(counted)
  return Object.fromEntries(words.map((word) => [word, Number(found.get(word) ?? 0n)]))
}
const toNumber = (held: bigint | undefined): number | null => (held === undefined ? null : Number(held))

export const toRollup = (rollup: Rollup): z.output<typeof rollupShape> => ({
  children: {
    total: Number(rollup.children),
    open: Number(rollup.open),
    closed: Number(rollup.closed),
    byStatus: tally(
      statusWords,
      rollup.byStatus.map((held) => [fromWireStatus(held.status), held.count]),
    ),
  },
  byPriority: tally(
    priorityWords,
    rollup.byPriority.map((held) => [fromWirePriority(held.priority), held.count]),
  ),
  latestReply: rollup.latestReply
    ? {
        ticketId: rollup.latestReply.ticketId,
        commentId: rollup.latestReply.commentId,
        occurredAt: iso(rollup.latestReply.occurredAt),
      }
    : null,
  customers: Number(rollup.customers),
  projects: Number(rollup.projects),
  hidden: Number(rollup.hidden),
  sla: { atRisk: toNumber(rollup.slaAtRisk), breached: toNumber(rollup.slaBreached) },
})

export const toFullRollup = (rollup: Rollup): z.output<typeof fullRollupShape> => ({
  ...toRollup(rollup),
  customerIds: rollup.customerIds,
  projectIds: rollup.projectIds,
  contributing: Number(rollup.contributing),
  version: Number(rollup.version),
})

/** A master from its two owners: the role and rollup from linking, what people call it from ticket. */
export function toMaster(master: Master, ticket: Ticket | undefined, rollup: Rollup): MasterJson {
  const shown = ticket === undefined ? undefined : toTicket(ticket)
  return {
    id: master.ticketId,
    number: shown?.number ?? null,
    subject: shown?.subject ?? '',
    external: shown?.externalIds[0] ?? null,
    status: shown?.status ?? null,
    empty: master.empty,
    since: iso(master.since),
    rollup: toRollup(rollup),
  }
}
