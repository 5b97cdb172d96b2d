import { openTemporal } from './temporal.ts'

/** What Temporal keeps of one place in a workflow's history, decoded. */
export interface HistoryPayload {
  /** `operation/…#3 EVENT_TYPE_…: input`: which workflow, event and field. */
  readonly where: string
  readonly bytes: Buffer
}

/**
 * Everything that Temporal keeps and shows of these workflows: each payload and each text of each history event, and of
 * the description (memo, search attributes, static and current details).
 */
export async function historyPayloads(workflowIds: readonly string[]): Promise<HistoryPayload[]> {
  await using temporal = await openTemporal()
  const found: HistoryPayload[] = []
  for (const workflowId of workflowIds) {
    const handle = temporal.client.workflow.getHandle(workflowId)
    const { events } = await handle.fetchHistory()
    for (const event of events ?? []) found.push(...bytesIn(event, `${workflowId}#${String(event.eventId)}`))
    const { raw } = await handle.describe()
    found.push(...bytesIn(raw, `${workflowId} description`))
    found.push(...bytesIn(await handle.query('__temporal_workflow_metadata'), `${workflowId} metadata`))
  }
  return found
}

/** Every text and byte string in a value, with its path. */
function bytesIn(value: unknown, where: string): HistoryPayload[] {
  if (typeof value === 'string') return value === '' ? [] : [{ where, bytes: Buffer.from(value) }]
  if (value instanceof Uint8Array) return value.length === 0 ? [] : [{ where, bytes: Buffer.from(value) }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, held]) => [
    ...bytesIn(held, `${where}.${name}`),
    ...bytesIn(name, `${where} name ${name}`), // memo and search attributes have names of their own
  ])
}
