import { invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { decodeEvent } from '../cloud-event.ts'
import { NOBODYS_WORKSPACE } from '../isolation.ts'
import type { Received } from '../message.ts'
import type { AnyHandler } from './handler.ts'
import { storable } from './stored-message.ts'

/** A message as its handler reads it. */
export type Reading =
  | { readonly kind: 'event'; readonly workspaceId: string; readonly message: Received; readonly event: unknown }
  | { readonly kind: 'unreadable'; readonly workspaceId: string; readonly message: Received; readonly error: unknown }
  | { readonly kind: 'ignored' }

/** Reads a message; what cannot be read belongs to the workspace that it names, or to nobody's. */
export function read(handler: AnyHandler, received: Received): Reading {
  const key = storable(received.key)
  const message = key === received.key ? received : { ...received, key }
  let workspaceId = idOr(NOBODYS_WORKSPACE, message.headers.ce_workspace)
  try {
    const envelope = decodeEvent(message)
    const named = idOr('', envelope.workspace) // structured mode has it in the envelope, and no header
    if (named === '') throw invalid('workspace-unreadable', 'the workspace is no workspace id', { field: 'workspace' })
    workspaceId = named
    const event = handler.decode(envelope)
    if (event === undefined) return { kind: 'ignored' }
    if (told(event, named) === named) return { kind: 'event', workspaceId, message, event }
    // neither workspace may see it: it might hold the other's data
    const mismatch = invalid('workspace-mismatch', 'the event and its data name different workspaces')
    return { kind: 'unreadable', workspaceId: NOBODYS_WORKSPACE, message, error: mismatch }
  } catch (error) {
    return { kind: 'unreadable', workspaceId, message, error }
  }
}

const idOr = (otherwise: string, text: string | undefined): string =>
  text !== undefined && isId(text) ? text.toLowerCase() : otherwise

/** The workspace that the data is about, where it says so. */
function told(event: unknown, named: string): string {
  if (typeof event !== 'object' || event === null || !('workspaceId' in event)) return named
  return String(event.workspaceId).toLowerCase()
}
