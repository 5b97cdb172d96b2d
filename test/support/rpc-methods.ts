import type { DescMethod, DescService } from '@bufbuild/protobuf'
import {
  DeadLetterService,
  DirectoryService,
  LinkingService,
  NotificationService,
  OperationService,
  TicketService,
} from '@umbel/contracts'
import { rpcClient } from '@umbel/rpc'
import type { World } from './world.ts'

const served: Readonly<Record<keyof World['rpc'], readonly DescService[]>> = {
  ticket: [TicketService, DirectoryService, DeadLetterService],
  ticketPages: [TicketService],
  linking: [LinkingService, DeadLetterService],
  notification: [NotificationService, DeadLetterService],
  operation: [OperationService, DeadLetterService],
}

/** A method where it is served: `ticket umbel.ticket.v1.TicketService/OpenTicket`. */
export interface ServedMethod {
  readonly at: keyof World['rpc']
  readonly service: DescService
  readonly method: DescMethod
}

/** Every method of every descriptor on every port that serves it. */
export const servedMethods: readonly ServedMethod[] = Object.entries(served).flatMap(([at, services]) =>
  services.flatMap((service) => service.methods.map((method) => ({ at: at as keyof World['rpc'], service, method }))),
)

/** Calls it with a request that names the workspace and nothing else that it is not told; resolves with what it threw, or throws when it answered. */
export async function refusalOf(
  world: World,
  { at, service, method }: ServedMethod,
  workspaceId: string,
  token: string,
  request: object = {},
): Promise<unknown> {
  using client = rpcClient(service, { address: world.rpc[at], token: () => Promise.resolve(token), deadlineMs: 10_000 })
  const call: unknown = Reflect.get(client, method.localName)
  if (typeof call !== 'function') throw new TypeError(`no method ${method.name}`)
  try {
    const answer: unknown = call({ ...request, workspaceId })
    if (method.methodKind === 'server_streaming') for await (const _ of answer as AsyncIterable<unknown>) break
    else await answer
  } catch (error) {
    return error
  }
  throw new Error(`${at} answered ${service.typeName}/${method.name}`)
}
