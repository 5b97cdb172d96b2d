import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common'
import type { OperationInput } from './types.ts'

/** What operations can be found by. Registered when a worker starts; no titles and no customer's text. */
export const attributes = {
  WorkspaceId: defineSearchAttributeKey('WorkspaceId', SearchAttributeType.KEYWORD),
  OperationId: defineSearchAttributeKey('OperationId', SearchAttributeType.KEYWORD),
  MasterTicketId: defineSearchAttributeKey('MasterTicketId', SearchAttributeType.KEYWORD),
  OperationKind: defineSearchAttributeKey('OperationKind', SearchAttributeType.KEYWORD),
  State: defineSearchAttributeKey('State', SearchAttributeType.KEYWORD),
  ItemsTotal: defineSearchAttributeKey('ItemsTotal', SearchAttributeType.INT),
  ItemsFailed: defineSearchAttributeKey('ItemsFailed', SearchAttributeType.INT),
} as const

/** The attributes a workflow starts with. */
export const startAttributes = (input: OperationInput): SearchAttributePair[] => [
  { key: attributes.WorkspaceId, value: input.workspaceId },
  { key: attributes.OperationId, value: input.operationId },
  { key: attributes.MasterTicketId, value: input.masterId },
  { key: attributes.OperationKind, value: input.kind },
  { key: attributes.State, value: input.state },
  { key: attributes.ItemsTotal, value: input.itemsTotal },
  { key: attributes.ItemsFailed, value: 0 },
]

/** One line for the list of workflows. */
export const staticSummary = ({ kind, itemsTotal }: OperationInput): string => `${kind} · ${itemsTotal} children`

/** What stays true about the operation, in Markdown. */
export const staticDetails = (input: OperationInput): string =>
  [
    `**${input.kind}** over **${input.itemsTotal}** children`,
    '',
    `- master \`${input.masterId}\``,
    `- operation \`${input.operationId}\``,
    `- workspace \`${input.workspaceId}\``,
    ...(input.link === '' ? [] : [`- [the operation](${input.link})`]),
    '',
    'Updates: `pause`, `resume`, `cancel`, `setRate` (children a minute, 0: no limit), `retryFailed`. Query: `progress`.',
  ].join('\n')
