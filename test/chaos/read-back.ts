import type { Comment, Item, Master, Operation, Ticket } from '../support/shapes.ts'
import type { Stage } from './stage.ts'

interface AuditEntry {
  readonly id: string
  readonly ticketId: string
  readonly version: number
  readonly cause: { readonly operationId: string | null; readonly step: number } | null
  readonly changes: readonly { readonly field: string; readonly to: string }[]
  readonly recordedAt: string
}
type Child = { readonly ticket: Ticket | null }

/** Reads the end state over REST, as anybody would, and what ticket said over its topic, into the history. */
export async function readBack(stage: Stage, operations: readonly string[]): Promise<void> {
  const { workspace, masterId, recorder, desk } = stage
  const { agent } = workspace
  for (const id of operations) await readOperation(stage, id)
  const children = await agent.all<Child>(`/v1/masters/${masterId}/children`)
  const linked = new Set(children.map(({ ticket }) => ticket?.id))
  for (const ticketId of [...stage.childIds, ...stage.bystanders])
    await readTicket(stage, ticketId, linked.has(ticketId))
  const { rollup } = await agent.get<Master>(`/v1/masters/${masterId}`)
  recorder.record({ type: 'rollup', ...rollup.children })
  for (const { key, headers, partition, offset } of await desk.tap.heard(workspace.id))
    recorder.record({
      type: 'fact',
      ticketId: key.slice(key.indexOf(':') + 1),
      version: Number(headers.ce_sequence),
      partition,
      offset: Number(offset),
    })
}

async function readOperation({ workspace, recorder }: Stage, operationId: string): Promise<void> {
  const read = await workspace.agent.get<Operation & { kind: string; text: string }>(`/v1/operations/${operationId}`)
  const { kind, state, text } = read
  recorder.record({ type: 'operation', operationId, kind, state, text, total: read.progress.total })
  for (const item of await workspace.agent.all<Item>(`/v1/operations/${operationId}/items`)) {
    const { ticketId, reason, version, notification } = item
    recorder.record({ type: 'item', operationId, ticketId, state: item.state, reason, version, notification })
  }
}

async function readTicket({ workspace, recorder }: Stage, ticketId: string, linked: boolean): Promise<void> {
  const { agent } = workspace
  const [ticket, comments, audit] = await Promise.all([
    agent.get<Ticket>(`/v1/tickets/${ticketId}`),
    agent.all<Comment & { version: number }>(`/v1/tickets/${ticketId}/comments`),
    agent.all<AuditEntry>(`/v1/tickets/${ticketId}/audit`),
  ])
  recorder.record({ type: 'ticket', ticketId, version: ticket.version, status: ticket.status, linked })
  for (const { id, version, text } of comments)
    recorder.record({ type: 'comment', ticketId, commentId: id, version, text })
  for (const { id, version, cause, changes, recordedAt } of audit)
    recorder.record({
      type: 'audit',
      ticketId,
      entryId: id,
      version,
      operationId: cause?.operationId ?? null,
      step: cause?.step ?? 0,
      recordedAt: Date.parse(recordedAt),
      changes: changes.map(({ field, to }) => ({ field, to })),
    })
}
