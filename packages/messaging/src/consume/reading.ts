import { invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type CloudEvent, decodeEvent } from '../cloud-event.ts'
import { NOBODYS_WORKSPACE } from '../isolation.ts'
import type { Received } from '../message.ts'
import type { AnyHandler } from './handler.ts'

/** A message as its handler reads it. */
export type Reading =
  | { readonly kind: 'event'; readonly workspaceId: string; readonly message: Received; readonly event: unknown }
  | { readonly kind: 'unreadable'; readonly workspaceId: string; readonly message: Received; readonly error: unknown }
  | { readonly kind: 'ignored' }

/** Reads a message; what cannot be read belongs to the workspace that its header names, or to nobody's. */
export function read(handler: AnyHandler, message: Received): Reading {
  const named = message.headers.ce_workspace ?? ''
  const workspaceId = isId(named) ? named.toLowerCase() : NOBODYS_WORKSPACE
  try {
    const cloudEvent = decodeEvent(message)
    const event = handler.decode(cloudEvent)
    if (event === undefined) return { kind: 'ignored' }
    return { kind: 'event', workspaceId: workspaceOf(cloudEvent, event), message, event }
  } catch (error) {
    return { kind: 'unreadable', workspaceId, message, error }
  }
}

/** The workspace that the event's attribute names (structured mode has no header), which must be the data's too. */
function workspaceOf({ workspace }: CloudEvent, event: unknown): string {
  const named = workspace.toLowerCase()
  if (!isId(named)) throw invalid('workspace-unreadable', 'ce_workspace is no workspace id', { field: 'workspace' })
  const told = typeof event === 'object' && event !== null && 'workspaceId' in event ? event.workspaceId : named
  if (told !== named)
    throw invalid('workspace-mismatch', 'the event and its header name different workspaces', { field: 'workspace' })
  return named
}
