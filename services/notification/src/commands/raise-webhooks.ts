import type { Scope } from '@umbel/messaging'
import { owedTo, type WebhookFact } from '../domain/webhook-fact.ts'
import type { Transact } from '../store/unit-of-work.ts'

/** Records what endpoints are owed, once, all in one insert. Facts are made only where somebody listens. */
export const raiseWebhooks =
  (transact: Transact) =>
  (scope: Scope, facts: () => readonly WebhookFact[]): Promise<number> =>
    transact(scope, async ({ workspaceId, webhooks, webhookQueue }) => {
      const listeners = await webhooks.enabled()
      return listeners.length === 0 ? 0 : webhookQueue.add(owedTo(workspaceId, listeners, facts()))
    })
