import type { DecideItem } from './item.ts'
import type { ItemText } from './item-effect.ts'

/** What tests of items begin with. */
export const aText: ItemText = { bodyId: 'b-9', values: null, empty: false }
export const aClose = { kind: 'close', includeReplied: false, askedInStep: 0 } as const
export const anItem: DecideItem = {
  effect: aClose,
  linkId: null,
  text: aText,
  plannedVersion: 1,
  commentId: () => 'c-9',
  actor: { id: 'a-1', role: 'agent', hiddenGroupIds: new Set() },
  author: { kind: 'agent', id: 'a-1' },
  includeHidden: false,
  masterVersion: 0,
  earlier: undefined,
  assignees: { agents: new Map(), groups: new Map() },
}
