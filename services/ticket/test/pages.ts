import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ApplyOperationPageRequestSchema, OperationEffectSchema } from '@umbel/contracts'
import { idFrom, newId } from '@umbel/kernel/ids'
import type { World } from './support.ts'

export interface Child {
  readonly ticketId: string
  readonly linkId: string
}

/** Children of one master, each with a requester of its own by this name. */
export async function children(world: World, count: number, name = 'Rita Ray'): Promise<Child[]> {
  const { workspaceId } = world
  const linked = await Promise.all(Array.from({ length: count }, (_, at) => child(world, `child ${at}`, name)))
  const primaryMasterId = newId()
  await world.tickets.setPrimaryLinks({
    workspaceId,
    links: linked.map((link) => ({ ...link, primaryMasterId, linkVersion: 1n })),
  })
  return linked
}

async function child(world: World, subject: string, name: string): Promise<Child> {
  const { workspaceId } = world
  const email = `${newId()}@customer.test`
  const { requester } = await world.directory.putRequester({ workspaceId, requester: { name, email, locale: 'de' } })
  const { ticket } = await world.tickets.openTicket({ workspaceId, subject, requesterId: requester?.id ?? '' })
  return { ticketId: ticket?.id ?? '', linkId: newId() }
}

type Request = MessageInitShape<typeof ApplyOperationPageRequestSchema>

export interface OnePage extends Omit<Request, 'items' | 'effect' | '$typeName'> {
  readonly operationId: string
  readonly effect: MessageInitShape<typeof OperationEffectSchema>['effect']
  readonly items: readonly Child[]
  readonly text?: string
  readonly plannedVersion?: bigint
}

/** Sends a page by Grace, all of whose children get the same text, if any. */
export function sendPage(world: World, { effect, items, text = '', plannedVersion = 0n, ...more }: OnePage) {
  const bodyId = text === '' ? '' : idFrom('body', more.operationId, text)
  return world.tickets.applyOperationPage({
    workspaceId: world.workspaceId,
    step: 1,
    epoch: 1n,
    actorId: world.people.grace,
    bodies: bodyId === '' ? [] : [{ bodyId, text }],
    ...more,
    effect: { effect },
    items: items.map((item) => ({ ...item, bodyId, plannedVersion })),
  })
}
