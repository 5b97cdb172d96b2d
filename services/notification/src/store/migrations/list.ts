import type { Migration } from '@umbel/service-kit/store'
import { up as createNotification } from './20261124T1700-create-notification.ts'
import { up as createThread } from './20261124T1705-create-thread.ts'
import { up as createMessaging } from './20261124T1710-create-messaging.ts'
import { up as createWebhook } from './20261124T2010-create-webhook.ts'
import { up as createBounceAndNotice } from './20261124T2015-create-bounce-and-notice.ts'
import { up as createSendTurn } from './20261124T2020-send-turn.ts'
import { up as addWebhookSignature } from './20261124T2310-add-webhook-signature.ts'
import { up as leaseApart } from './20261124T2320-lease-apart.ts'
import { up as forgetWebhookMessage } from './20261124T2330-forget-webhook-message.ts'
import { up as dropCustomerMessageId } from './20261125T0020-drop-customer-message-id.ts'
import { up as noteBounces } from './20261125T1215-note-bounces.ts'
import { up as tellTogether } from './20261125T1610-tell-together.ts'

/** The schema, step by step; a step that has run anywhere never changes. */
export const migrations: readonly Migration[] = [
  { name: '20261124T1700-create-notification', up: createNotification },
  { name: '20261124T1705-create-thread', up: createThread },
  { name: '20261124T1710-create-messaging', up: createMessaging },
  { name: '20261124T2010-create-webhook', up: createWebhook },
  { name: '20261124T2015-create-bounce-and-notice', up: createBounceAndNotice },
  { name: '20261124T2020-send-turn', up: createSendTurn },
  { name: '20261124T2310-add-webhook-signature', up: addWebhookSignature },
  { name: '20261124T2320-lease-apart', up: leaseApart },
  { name: '20261124T2330-forget-webhook-message', up: forgetWebhookMessage },
  { name: '20261125T0020-drop-customer-message-id', up: dropCustomerMessageId },
  { name: '20261125T1215-note-bounces', up: noteBounces },
  { name: '20261125T1610-tell-together', up: tellTogether },
]
