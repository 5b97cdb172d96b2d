import { createDeadLetters } from '@umbel/messaging'
import { actorsBy, deadLetterRpc } from '@umbel/service-kit'
import type { Database } from '@umbel/service-kit/store'
import { deleteSuppression } from './commands/delete-suppression.ts'
import { deleteWebhook } from './commands/delete-webhook.ts'
import { holdCause } from './commands/hold-cause.ts'
import { markNoticeRead } from './commands/mark-notice-read.ts'
import { putWebhook } from './commands/put-webhook.ts'
import { raiseNotifications } from './commands/raise-notifications.ts'
import { raiseWebhooks } from './commands/raise-webhooks.ts'
import { retryCause } from './commands/retry-cause.ts'
import { rotateWebhookSecret } from './commands/rotate-webhook-secret.ts'
import { tellAgents } from './commands/tell-agents.ts'
import type { NotificationConfig } from './config.ts'
import { notificationFlow } from './flow.ts'
import { tellCauseTripped } from './outbound/cause-events.ts'
import { createMailNames } from './outbound/mail-names.ts'
import { outcomeOf, tellEndings } from './outbound/notification-events.ts'
import { createSecretBox } from './outbound/secret-box.ts'
import type { TicketPeer } from './outbound/ticket-peer.ts'
import { namesInside } from './outbound/webhook-address.ts'
import { listNotices } from './queries/list-notices.ts'
import { listNotifications } from './queries/list-notifications.ts'
import { listSuppressions } from './queries/list-suppressions.ts'
import { listWebhooks } from './queries/list-webhooks.ts'
import { createClaimer } from './store/claimer.ts'
import { readNotifications } from './store/notification-read.ts'
import { createTransact } from './store/unit-of-work.ts'

/** Rooms joined: stores under commands and queries, those under the flow. */
export function wire(config: NotificationConfig, app: Database, claimerDatabase: Database, ticket: TicketPeer) {
  const transact = createTransact(app, { changed: tellEndings, tripped: tellCauseTripped })
  const actorOf = actorsBy(ticket.findActor)
  const box = createSecretBox(config.secretKey)
  const webhooks = { transact, box, allowPrivate: config.webhooksInside, isRefused: namesInside }
  let wake = () => {}
  const flow = notificationFlow({
    rpc: {
      actorOf,
      moveCause: holdCause(transact, () => wake()),
      retryCause: retryCause(transact, () => wake()),
      list: listNotifications(readNotifications(app), ticket.visibleTickets),
      outcomeOf,
      putWebhook: putWebhook(webhooks),
      deleteWebhook: deleteWebhook(transact),
      rotateSecret: rotateWebhookSecret(webhooks),
      listWebhooks: listWebhooks(transact),
      listSuppressions: listSuppressions(transact),
      deleteSuppression: deleteSuppression(transact),
      listNotices: listNotices(transact),
      markNoticeRead: markNoticeRead(transact),
    },
    raise: { mails: raiseNotifications(transact), webhooks: raiseWebhooks(transact) },
    tellAgents: tellAgents(transact),
    wake: () => wake(),
    deadLetters: (heard) => deadLetterRpc(createDeadLetters(app, heard), actorOf),
  })
  return {
    transact,
    box,
    flow,
    claimer: createClaimer(claimerDatabase),
    nameMail: createMailNames(config.tokenKey),
    getOutgoing: ticket.getOutgoing,
    addReply: ticket.addReply,
    addNote: ticket.addNote,
    onWake: (run: () => void) => {
      wake = run
    },
  }
}

export type Rooms = ReturnType<typeof wire>
