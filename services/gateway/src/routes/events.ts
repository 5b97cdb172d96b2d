import { z } from 'zod'
import { admitSender } from '../events/admit-sender.ts'
import { BATCH, JSON_DATA, PROTOBUF_DATA, readCloudEvents, STRUCTURED } from '../events/cloud-event.ts'
import { toInboundMessage } from '../events/to-message.ts'
import { MEGABYTE, type Route, route } from '../http/route.ts'
import { reply } from '../shapes/common.ts'

const send = route({
  method: 'post',
  path: '/v1/events',
  summary: 'Upstream events over HTTP, as CloudEvents; answered once the broker has them',
  keyed: false,
  tag: 'events',
  rawTypes: [STRUCTURED, BATCH, JSON_DATA, PROTOBUF_DATA],
  bodyLimit: 4 * MEGABYTE,
  status: 202,
  answer: z.object({ accepted: z.number().int() }),
  handle: async ({ headers, raw }, context) => {
    const { workspaceId, peers, call } = context
    const messages = readCloudEvents(headers, raw).map((event) =>
      toInboundMessage(event, workspaceId, call.traceparent),
    )
    await admitSender(context)
    await peers.publish(messages)
    return reply({ accepted: messages.length })
  },
})

export const eventRoutes: readonly Route[] = [send]
