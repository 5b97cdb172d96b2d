import type { Route } from '../http/route.ts'
import { catchUpRoutes } from './catch-up.ts'
import { childRoutes } from './children.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import { directoryRoutes } from './directory.ts'
import { eventRoutes } from './events.ts'
import { inboxRoutes } from './inbox.ts'
import { itemRoutes } from './items.ts'
import { linkRoutes } from './links.ts'
import { masterRoutes } from './masters.ts'
import { notificationRoutes } from './notifications.ts'
import { operationRoutes } from './operation-control.ts'
import { operationSettingRoutes } from './operation-settings.ts'
import { operationStepRoutes } from './operation-steps.ts'
import { planRoutes } from './operations.ts'
import { recordRoutes } from './record.ts'
import { resourceRoutes } from './resources.ts'
import { streamRoutes } from './streams.ts'
import { suppressionRoutes } from './suppressions.ts'
import { threadRoutes } from './thread.ts'
import { ticketRoutes } from './tickets.ts'
import { webhookRoutes } from './webhooks.ts'
import { workspaceRoutes } from './workspaces.ts'

/** THE TABLE: every route that is served, and by that every path of the OpenAPI document. */
export const routes: readonly Route[] = [
  ...ticketRoutes,
  ...threadRoutes,
  ...masterRoutes,
  ...childRoutes,
  ...catchUpRoutes,
  ...linkRoutes,
  ...resourceRoutes,
  ...planRoutes,
  ...operationRoutes,
  ...operationStepRoutes,
  ...operationSettingRoutes,
  ...itemRoutes,
  ...recordRoutes,
  ...streamRoutes,
  ...notificationRoutes,
  ...webhookRoutes,
  ...suppressionRoutes,
  ...inboxRoutes,
  ...directoryRoutes,
  ...workspaceRoutes,
  ...eventRoutes,
  ...deadLetterRoutes,
]
