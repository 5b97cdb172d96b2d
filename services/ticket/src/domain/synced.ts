import type { Synced } from './ticket.ts'
import type { UpdateTicket } from './update.ts'

const single = ['status', 'priority', 'assigneeId', 'groupId'] as const
const ofLabel = (label: string) => `label:${label}`

/** Every field that an update names, as `Synced` calls it. */
export const syncedFields = (update: UpdateTicket): string[] => [
  ...single.filter((field) => update[field] !== undefined),
  ...[...(update.addLabels ?? []), ...(update.removeLabels ?? [])].map(ofLabel),
]

/** What is left of a sync's update where a later version of the master has reached some of its fields already. */
export function notSuperseded(update: UpdateTicket, synced: Synced, masterVersion: number): UpdateTicket {
  const reached = new Set(syncedFields(update).filter((field) => (synced[field] ?? 0) > masterVersion))
  if (reached.size === 0) return update
  const { addLabels, removeLabels, ...fields } = update
  const open = (labels: readonly string[] = []) => labels.filter((label) => !reached.has(ofLabel(label)))
  const kept = Object.entries(fields).filter(([field]) => !reached.has(field))
  return { ...Object.fromEntries(kept), addLabels: open(addLabels), removeLabels: open(removeLabels) }
}
