import { topics } from '@umbel/contracts'
import { type Flow, says } from '@umbel/messaging'

/** No rpc is served and no topic heard: people come by HTTP, through the table in routes/table.ts. */
export const flow: Flow = [says(topics.inbound.tickets)]
