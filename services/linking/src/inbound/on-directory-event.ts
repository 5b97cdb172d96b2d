import { DirectoryChangedSchema, DirectoryKind } from '@umbel/contracts'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { DirectoryEntry } from '../domain/directory-entry.ts'
import { assertWorkspace } from '../wire.ts'

const kinds: ReadonlyMap<DirectoryKind, DirectoryEntry['kind']> = new Map([
  [DirectoryKind.REQUESTER, 'requester'],
  [DirectoryKind.CUSTOMER, 'customer'],
])

/** Requesters and customers; agents, groups and projects are nothing that a text must not name. */
export const onDirectoryEvent = (handle: StreamHandler<DirectoryEntry>['handle']): StreamHandler<DirectoryEntry> => ({
  decode: (event) => (event.type === DirectoryChangedSchema.typeName ? toEntry(event) : undefined),
  streamKey: ({ kind, id }) => `directory:${kind}:${id}`,
  version: ({ version }) => version,
  handle,
})

function toEntry(event: CloudEvent): DirectoryEntry | undefined {
  const changed = dataOf(DirectoryChangedSchema, event)
  assertWorkspace(event, changed)
  const { workspaceId, id, version, name, email } = changed
  const kind = kinds.get(changed.kind)
  return kind && { workspaceId, kind, id, version: Number(version), name, email }
}
