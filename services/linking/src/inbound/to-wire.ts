import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type ChildOutcomeSchema,
  type ChildSchema,
  type LinkSchema,
  type MasterSchema,
  priorityWords,
  type ResourceSchema,
  type RollupSchema,
  statusWords,
  toWireLinkKind,
  toWirePriority,
  toWireStatus,
} from '@umbel/contracts'
import type { App } from '../app.ts'
import type { Rollup } from '../domain/rollup.ts'
import { toWirePurpose } from '../wire.ts'

type Answer<Name extends keyof App> = Awaited<ReturnType<App[Name]>>
type Master = Answer<'getMaster'>
type Outcome = Answer<'addChildren'>[number]
type Child = Answer<'listChildren'>['children'][number]
type Link = Answer<'addLink'>
type Resource = Answer<'addResource'>

export const toWireRollup = (rollup: Rollup): MessageInitShape<typeof RollupSchema> => ({
  children: BigInt(rollup.children),
  open: BigInt(rollup.open),
  closed: BigInt(rollup.closed),
  byStatus: statusWords.map((word) => ({ status: toWireStatus(word), count: BigInt(rollup.byStatus[word]) })),
  byPriority: priorityWords.map((word) => ({ priority: toWirePriority(word), count: BigInt(rollup.byPriority[word]) })),
  ...(rollup.latestReply && {
    latestReply: {
      ticketId: rollup.latestReply.ticketId,
      commentId: rollup.latestReply.commentId,
      occurredAt: timestampFromDate(rollup.latestReply.at),
    },
  }),
  customers: BigInt(rollup.customers),
  projects: BigInt(rollup.projects),
  customerIds: [...rollup.customerIds],
  projectIds: [...rollup.projectIds],
  hidden: BigInt(rollup.hidden),
  contributing: BigInt(rollup.contributing),
  version: BigInt(rollup.version),
})

export const toWireMaster = ({ ticketId, empty, since, rollup }: Master): MessageInitShape<typeof MasterSchema> => ({
  ticketId,
  empty,
  since: timestampFromDate(since),
  rollup: toWireRollup(rollup),
})

export const toWireOutcome = ({ ticketId, outcome, linkId }: Outcome): MessageInitShape<typeof ChildOutcomeSchema> => ({
  ticketId,
  outcome,
  linkId,
})

export const toWireChild = (child: Child): MessageInitShape<typeof ChildSchema> => ({
  ticketId: child.ticketId,
  linkId: child.linkId,
  linkSeq: BigInt(child.linkSeq),
  purpose: toWirePurpose(child.purpose),
  primary: child.primary,
  linkedAt: timestampFromDate(child.linkedAt),
  status: toWireStatus(child.status),
})

export const toWireLink = (link: Link): MessageInitShape<typeof LinkSchema> => ({
  linkId: link.linkId,
  kind: toWireLinkKind(link.kind),
  ticketId: link.ticketId,
  targetId: link.targetId,
  purpose: toWirePurpose(link.purpose),
  primary: link.primary,
  linkedAt: timestampFromDate(link.linkedAt),
  ...(link.endedAt && { endedAt: timestampFromDate(link.endedAt) }),
})

export const toWireResource = ({ linkedAt, ...resource }: Resource): MessageInitShape<typeof ResourceSchema> => ({
  ...resource,
  linkedAt: timestampFromDate(linkedAt),
})
