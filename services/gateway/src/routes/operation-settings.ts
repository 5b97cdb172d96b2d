import type { OperationSettings } from '@umbel/contracts'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { count, reply } from '../shapes/common.ts'

const tag = 'operations'
const path = '/v1/settings/operations'

const settingsShape = z.object({
  approvalFrom: count.describe('from so many applying children on a second person approves; 0: never'),
  retentionDays: count.describe('how long results are kept'),
})

function toSettings(settings: OperationSettings | undefined): z.output<typeof settingsShape> {
  if (settings === undefined) throw new TypeError('the operation service answered without settings')
  return { approvalFrom: settings.approvalFrom, retentionDays: settings.retentionDays }
}

const get = route({
  method: 'get',
  path,
  summary: 'How the workspace runs its operations',
  tag,
  answer: settingsShape,
  handle: async (_input, { workspaceId, peers, call }) =>
    reply(toSettings((await peers.operation.getOperationSettings({ workspaceId }, call)).settings)),
})

const put = route({
  method: 'put',
  path,
  summary: 'Change how the workspace runs its operations; admins only',
  tag,
  body: z.strictObject({
    approvalFrom: z.number().int().min(0).max(100_000),
    retentionDays: z.number().int().min(1).max(3_650),
  }),
  answer: settingsShape,
  handle: async ({ body: settings }, { workspaceId, idempotency, peers, call }) => {
    const changed = await peers.operation.putOperationSettings({ workspaceId, idempotency, settings }, call)
    return reply(toSettings(changed.settings))
  },
})

export const operationSettingRoutes: readonly Route[] = [get, put]
