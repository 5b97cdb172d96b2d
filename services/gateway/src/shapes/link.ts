import { type ChildOutcome, type Link, LinkKind, LinkPurpose, type Resource } from '@umbel/contracts'
import { z } from 'zod'
import { id, instant, iso, orNull } from './common.ts'

const kindWords = { child: LinkKind.CHILD, duplicate: LinkKind.DUPLICATE, related: LinkKind.RELATED } as const
type KindWord = keyof typeof kindWords
export const linkKind = z.enum(['child', 'duplicate', 'related'])
export const purpose = z.enum(['customer', 'follow_up'])

export const toWireKind = (word: KindWord): LinkKind => kindWords[word]
const fromWireKind = (wire: LinkKind): KindWord | null => {
  if (wire === LinkKind.CHILD) return 'child'
  if (wire === LinkKind.DUPLICATE) return 'duplicate'
  return wire === LinkKind.RELATED ? 'related' : null
}
export const fromWirePurpose = (wire: LinkPurpose): z.output<typeof purpose> | null => {
  if (wire === LinkPurpose.CUSTOMER) return 'customer'
  return wire === LinkPurpose.FOLLOW_UP ? 'follow_up' : null
}

export const linkShape = z.object({
  id,
  kind: linkKind.nullable(),
  ticketId: id,
  targetId: id,
  purpose: purpose.nullable(),
  primary: z.boolean(),
  linkedAt: instant.nullable(),
  endedAt: instant.nullable(),
})
export const toLink = (link: Link): z.output<typeof linkShape> => ({
  id: link.linkId,
  kind: fromWireKind(link.kind),
  ticketId: link.ticketId,
  targetId: link.targetId,
  purpose: fromWirePurpose(link.purpose),
  primary: link.primary,
  linkedAt: iso(link.linkedAt),
  endedAt: iso(link.endedAt),
})

export const resourceShape = z.object({
  id,
  ticketId: id,
  kind: z.string(),
  title: z.string(),
  url: z.string(),
  linkedAt: instant.nullable(),
})
export const toResource = (resource: Resource): z.output<typeof resourceShape> => ({
  id: resource.resourceId,
  ticketId: resource.ticketId,
  kind: resource.kind,
  title: resource.title,
  url: resource.url,
  linkedAt: iso(resource.linkedAt),
})

/** `ticketId` is the reference as the caller gave it where no such ticket was found. */
export const outcomeShape = z.object({ ticketId: z.string(), outcome: z.string(), linkId: id.nullable() })
export const toOutcome = (
  outcome: Pick<ChildOutcome, 'ticketId' | 'outcome' | 'linkId'>,
): z.output<typeof outcomeShape> => ({
  ticketId: outcome.ticketId,
  outcome: outcome.outcome,
  linkId: orNull(outcome.linkId),
})
