import { type GetOutgoingResponse, TicketService } from '@umbel/contracts'
import { type Actor, type Role, roles } from '@umbel/kernel'
import { parseTemplate, renderTemplate } from '@umbel/kernel/template'
import { inHalves, rpcClient } from '@umbel/rpc'
import type { FindActor } from '@umbel/service-kit'
import type { GetOutgoing } from '../commands/prepare-page.ts'
import type { AddNote } from '../commands/receive-bounce.ts'
import type { AddReply } from '../commands/receive-mail.ts'
import type { VisibleTickets } from '../queries/list-notifications.ts'

/** What notification asks of the ticket service. */
export interface TicketPeer {
  readonly getOutgoing: GetOutgoing
  readonly addReply: AddReply
  readonly addNote: AddNote
  readonly findActor: FindActor
  readonly visibleTickets: VisibleTickets
}

const DEADLINE_MS = 5_000

/** The ticket service over gRPC, with notification's own token. */
export function ticketPeer(address: string, token: () => Promise<string>): TicketPeer & Disposable {
  const ticket = rpcClient(TicketService, { address, token, deadlineMs: DEADLINE_MS })
  return {
    async getOutgoing(workspaceId, keys) {
      const asked = keys.map(({ ticketId, commentId }) => ({ ticketId, commentId }))
      // a page of long texts may be more than one answer takes
      const parts = await inHalves(asked, (part) => ticket.getOutgoing({ workspaceId, keys: [...part] }))
      const said = {
        outgoing: parts.flatMap(({ outgoing }) => outgoing),
        bodies: parts.flatMap(({ bodies }) => bodies),
      }
      const { workspaceName = '', mailDomain = '' } = parts[0] ?? {}
      return { ...rendered(said), workspaceName, mailDomain }
    },
    async addReply({ owner, messageId, text, senderAddress }) {
      await ticket.addReply({ ...owner, messageId, text, senderAddress })
    },
    async addNote({ workspaceId, ticketId, key, text }) {
      const idempotency = { key, digest: Buffer.from(key) }
      await ticket.addComment({ workspaceId, ticketId, text, public: false, idempotency })
    },
    async findActor(workspaceId, agentId): Promise<Actor> {
      const found = await ticket.resolveActor({ workspaceId, actorId: agentId })
      return { id: found.actorId, role: roleOf(found.role), hiddenGroupIds: new Set(found.hiddenGroupIds) }
    },
    async visibleTickets(workspaceId, actor, ticketIds) {
      if (actor.role === 'service' || ticketIds.length === 0) return new Set(ticketIds)
      const answers = await inHalves([...ticketIds], (part) =>
        ticket.getTicketStates({ workspaceId, ticketIds: [...part] }, { actorId: actor.id }),
      )
      return new Set(answers.flatMap(({ states }) => states.map(({ ticketId }) => ticketId)))
    },
    [Symbol.dispose]: () => ticket[Symbol.dispose](),
  }
}

/** The texts by the id of each comment's body; one with variables is, for each comment, a text of its own. */
export function rendered({ outgoing, bodies }: Pick<GetOutgoingResponse, 'outgoing' | 'bodies'>) {
  const texts = new Map(bodies.map(({ bodyId, text }) => [bodyId, text]))
  const withValues = new Set(outgoing.filter(({ values }) => values).map(({ bodyId }) => bodyId))
  const templates = new Map([...withValues].map((bodyId) => [bodyId, parseTemplate(texts.get(bodyId) ?? '')]))
  const own = outgoing.map((one) => {
    const template = templates.get(one.bodyId)
    if (!one.values || !template) return one
    texts.set(one.commentId, renderTemplate(template, one.values.values))
    return { ...one, bodyId: one.commentId }
  })
  return { outgoing: own, bodies: texts }
}

/** A role of a newer ticket service may do the least that there is. */
const roleOf = (word: string): Role => roles.find((role) => role === word) ?? 'requester'
