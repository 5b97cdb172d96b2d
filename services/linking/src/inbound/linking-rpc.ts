import {
  fromWireLinkKind,
  fromWirePriority,
  fromWireStatus,
  type Idempotency,
  type LinkingService,
  type LinkKind,
  type NewChild,
  TicketPriority as Priorities,
  type TicketPriority,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { Call, Handlers } from '@umbel/rpc'
import type { ActorOf } from '@umbel/service-kit'
import type { App } from '../app.ts'
import { idOrNull } from '../wire.ts'
import { toWireChild, toWireLink, toWireMaster, toWireOutcome, toWireResource, toWireRollup } from './to-wire.ts'

type Rpc = Handlers<typeof LinkingService>
type Rows<Name extends keyof Rpc> = Pick<Rpc, Name>

/** umbel.linking.v1.LinkingService: each call as its command or query. */
export function linkingRpc(app: App, actorOf: ActorOf): Rpc {
  const entry = { reading: readingOf(actorOf), writing: writingOf(actorOf) }
  return { ...masterRows(app, entry), ...childRows(app, entry), ...linkRows(app, entry), ...checkRows(app, entry) }
}

interface Entry {
  readonly reading: ReturnType<typeof readingOf>
  readonly writing: ReturnType<typeof writingOf>
}

const readingOf =
  (actorOf: ActorOf) =>
  async ({ workspaceId }: { readonly workspaceId: string }, call: Call) => ({
    workspaceId,
    actor: await actorOf(call, workspaceId),
  })

const writingOf =
  (actorOf: ActorOf) =>
  async (
    { workspaceId, idempotency }: { readonly workspaceId: string; readonly idempotency?: Idempotency },
    call: Call,
  ) => ({
    workspaceId,
    actor: await actorOf(call, workspaceId),
    idempotency: { key: idempotency?.key ?? '', digest: idempotency?.digest ?? new Uint8Array() },
  })

const masterRows = (
  app: App,
  { reading, writing }: Entry,
): Rows<'openMaster' | 'convertToMaster' | 'demoteMaster' | 'getMaster' | 'listMasters' | 'getRollup'> => ({
  async openMaster(request, call) {
    const { subject, labels, note, childIds } = request
    const { masterId, outcomes } = await app.openMaster({
      ...(await writing(request, call)),
      subject,
      labels,
      note,
      childIds,
      priority: priorityOf(request.priority),
      assigneeId: idOrNull(request.assigneeId),
      groupId: idOrNull(request.groupId),
      projectId: idOrNull(request.projectId),
      newChildren: request.newChildren.map(toNewChild),
    })
    return { masterId, outcomes: outcomes.map(toWireOutcome) }
  },
  async convertToMaster(request, call) {
    const { ticketId } = request
    const { masterId, promoted } = await app.convertToMaster({ ...(await writing(request, call)), ticketId })
    return { masterId, promoted }
  },
  async demoteMaster(request, call) {
    const { masterId, reason } = request
    const ended = await app.demoteMaster({ ...(await writing(request, call)), masterId, reason })
    return { endedLinks: BigInt(ended) }
  },
  async getMaster(request, call) {
    return { master: toWireMaster(await app.getMaster(await reading(request, call), request.masterId)) }
  },
  async listMasters(request, call) {
    const page = await app.listMasters(await reading(request, call), request)
    return { masters: page.masters.map(toWireMaster), nextPageToken: page.nextPageToken }
  },
  async getRollup(request, call) {
    const { rollup } = await app.getMaster(await reading(request, call), request.masterId)
    return { rollup: toWireRollup(rollup) }
  },
})

const childRows = (
  app: App,
  { reading, writing }: Entry,
): Rows<'addChildren' | 'createFollowUps' | 'removeChildren' | 'listChildren'> => ({
  async addChildren(request, call) {
    const { masterId, ticketIds, contributing } = request
    const outcomes = await app.addChildren({ ...(await writing(request, call)), masterId, ticketIds, contributing })
    return { outcomes: outcomes.map(toWireOutcome) }
  },
  async createFollowUps(request, call) {
    const { masterId } = request
    const children = request.children.map(toNewChild)
    const outcomes = await app.createFollowUps({ ...(await writing(request, call)), masterId, children })
    return { outcomes: outcomes.map(toWireOutcome) }
  },
  async removeChildren(request, call) {
    const { masterId, ticketIds } = request
    const outcomes = await app.removeChildren({ ...(await writing(request, call)), masterId, ticketIds })
    return { outcomes: outcomes.map(toWireOutcome) }
  },
  async listChildren(request, call) {
    const statuses = request.statuses.flatMap((status) => fromWireStatus(status) ?? [])
    const page = await app.listChildren(await reading(request, call), {
      ...request,
      statuses,
      aboveLinkSeq: Number(request.aboveLinkSeq),
    })
    return {
      children: page.children.map(toWireChild),
      nextPageToken: page.nextPageToken,
      linkSeqHighWater: BigInt(page.highWater),
    }
  },
})

const linkRows = (
  app: App,
  { reading, writing }: Entry,
): Rows<'addLink' | 'removeLink' | 'listLinks' | 'addResource' | 'removeResource' | 'listResources'> => ({
  async addLink(request, call) {
    const { ticketId, targetId } = request
    const link = { ticketId, targetId, kind: sideKind(request.kind) }
    return { link: toWireLink(await app.addLink({ ...(await writing(request, call)), ...link })) }
  },
  async removeLink(request, call) {
    const { ticketId, linkId } = request
    await app.removeLink({ ...(await writing(request, call)), ticketId, linkId })
    return {}
  },
  async listLinks(request, call) {
    const links = await app.listLinks(await reading(request, call), request.ticketId, request.history)
    return { links: links.map(toWireLink) }
  },
  async addResource(request, call) {
    const { ticketId, kind, title, url } = request
    const resource = await app.addResource({ ...(await writing(request, call)), ticketId, kind, title, url })
    return { resource: toWireResource(resource) }
  },
  async removeResource(request, call) {
    const { ticketId, resourceId } = request
    await app.removeResource({ ...(await writing(request, call)), ticketId, resourceId })
    return {}
  },
  async listResources(request, call) {
    const resources = await app.listResources(await reading(request, call), request.ticketId)
    return { resources: resources.map(toWireResource) }
  },
})

const checkRows = (app: App, { reading }: Entry): Rows<'checkRollups' | 'findLeaks'> => ({
  async findLeaks(request, call) {
    return { leaks: await app.findLeaks(await reading(request, call), request) }
  },
  async checkRollups(request, call) {
    const { workspaceId, actor } = await reading(request, call)
    const { checked, drifts } = await app.checkRollups(workspaceId, actor, request.masterIds)
    const counts = drifts.map((drift) => ({
      ...drift,
      stored: BigInt(drift.stored),
      counted: BigInt(drift.counted),
    }))
    return { checked: BigInt(checked), drifts: counts }
  },
})

const toNewChild = (child: NewChild) => ({
  subject: child.subject,
  description: child.description,
  requesterId: idOrNull(child.requesterId),
  priority: priorityOf(child.priority),
  groupId: idOrNull(child.groupId),
  assigneeId: idOrNull(child.assigneeId),
})

function priorityOf(wire: TicketPriority) {
  const word = fromWirePriority(wire) ?? null
  if (!word && wire !== Priorities.UNSPECIFIED)
    throw invalid('priority-unknown', 'no such priority', { field: 'priority' })
  return word
}

function sideKind(wire: LinkKind): 'duplicate' | 'related' {
  const kind = fromWireLinkKind(wire)
  if (kind === 'duplicate' || kind === 'related') return kind
  throw invalid('kind-unfit', 'a link is a duplicate or related; children are added to their master', { field: 'kind' })
}
