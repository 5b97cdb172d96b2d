import {
  AddCommentResponseSchema,
  OpenTicketResponseSchema,
  type TicketService,
  UpdateTicketResponseSchema,
} from '@umbel/contracts'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import { orNull, statusWord, toOpenTicket, toUpdateTicket } from './from-wire.ts'
import { keyed, keyedAfter, scopeOf } from './keyed.ts'
import { operationRpc } from './operation-rpc.ts'
import { toWireAudit, toWireComment, toWireOutgoing, toWirePlanState, toWireTicket } from './to-wire.ts'

/** umbel.ticket.v1.TicketService → commands and queries. */
export const ticketRpc = (app: App): Handlers<typeof TicketService> => ({
  ...writes(app),
  ...reads(app),
  ...forServices(app),
  ...operationRpc(app),
})

type Part<Name extends keyof Handlers<typeof TicketService>> = Pick<Handlers<typeof TicketService>, Name>

const writes = (app: App): Part<'openTicket' | 'updateTicket' | 'addComment'> => ({
  openTicket: (request, call) =>
    keyed(app)(OpenTicketResponseSchema, call, request, async (scope) => ({
      ticket: toWireTicket(await app.openTicket(scope, call.caller, toOpenTicket(request))),
    })),
  updateTicket: (request, call) =>
    keyed(app)(UpdateTicketResponseSchema, call, request, async (scope) => ({
      ticket: toWireTicket(await app.updateTicket(scope, call.caller, toUpdateTicket(request))),
    })),
  addComment: (request, call) =>
    keyedAfter(app)(
      AddCommentResponseSchema,
      call,
      request,
      (scope) => app.checkComment(scope, call.caller, request),
      async (scope, checked) => {
        const { ticketId, text, expectedVersion, idempotency } = request
        const comment = await app.addComment(scope, call.caller, {
          ticketId,
          text,
          public: request.public,
          expectedVersion: Number(expectedVersion),
          key: idempotency?.key ?? '',
          checked,
        })
        return {
          comment: toWireComment(comment),
          ticketVersion: BigInt(comment.version),
          hints: [...checked.hints],
        }
      },
    ),
})

type Reads =
  | 'getTicket'
  | 'getTicketIds'
  | 'listTickets'
  | 'listComments'
  | 'listAudit'
  | 'getTicketStates'
  | 'streamTicketStates'

const reads = (app: App): Part<Reads> => ({
  getTicket: async (request, { caller }) => {
    const key = request.id === '' ? { number: request.number } : { id: request.id }
    return { ticket: toWireTicket(await app.getTicket(scopeOf(request), caller, key)) }
  },
  getTicketIds: async (request, { caller }) => ({
    tickets: [...(await app.getTicketIds(scopeOf(request), caller, request.numbers))],
  }),
  listTickets: async (request, { caller }) => {
    const { pageSize, pageToken, ids, externalSource: source, externalId: id } = request
    const page = await app.listTickets(scopeOf(request), caller, {
      statuses: request.statuses.flatMap((wire) => statusWord(wire, 'statuses') ?? []),
      requesterId: orNull(request.requesterId),
      customerId: orNull(request.customerId),
      external: source === '' && id === '' ? null : { source, id },
      ids,
      pageSize,
      pageToken,
    })
    return { tickets: page.items.map(toWireTicket), nextPageToken: page.next }
  },
  listComments: async (request, { caller }) => {
    const page = await app.listComments(scopeOf(request), caller, request)
    return { comments: page.items.map(toWireComment), nextPageToken: page.next }
  },
  listAudit: async (request, { caller }) => {
    const page = await app.listAudit(scopeOf(request), caller, request)
    return { entries: page.items.map(toWireAudit), nextPageToken: page.next }
  },
  getTicketStates: async (request, { caller }) => {
    const { states, hidden } = await app.getTicketStates(scopeOf(request), caller, request)
    return { states: states.map(toWirePlanState), hidden }
  },
  streamTicketStates: async function* (request, { caller }) {
    for await (const page of app.streamTickets(scopeOf(request), caller, request.ticketIds))
      yield { tickets: page.map(toWireTicket) }
  },
})

const forServices = (
  app: App,
): Part<'resolveActor' | 'setPrimaryLinks' | 'setMasterRole' | 'getOutgoing' | 'addReply'> => ({
  resolveActor: async (request, { caller }) => {
    const { id, role, hiddenGroupIds, name } = await app.resolveActor(scopeOf(request), caller, request.actorId)
    return { actorId: id, role, hiddenGroupIds: [...hiddenGroupIds], name }
  },
  setPrimaryLinks: async (request, { caller }) => {
    const links = request.links.map(({ ticketId, primaryMasterId, linkId, linkVersion }) => ({
      ticketId,
      primaryMasterId: orNull(primaryMasterId),
      linkId: orNull(linkId),
      linkVersion,
    }))
    return { unknownTicketIds: [...(await app.setPrimaryLinks(scopeOf(request), caller, links))] }
  },
  setMasterRole: async (request, { caller }) => {
    await app.setMasterRole(scopeOf(request), caller, request)
    return {}
  },
  getOutgoing: async (request, { caller }) => {
    const { outgoing, bodies, workspace } = await app.getOutgoing(scopeOf(request), caller, request.keys)
    return {
      outgoing: outgoing.map(toWireOutgoing),
      bodies: [...bodies],
      workspaceName: workspace?.name ?? '',
      mailDomain: workspace?.mailDomain ?? '',
    }
  },
  addReply: (request, { caller }) => app.addReply(scopeOf(request), caller, request),
})
