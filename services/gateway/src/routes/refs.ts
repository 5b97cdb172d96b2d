import { unavailable } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Context } from '../http/route.ts'

type Asking = Pick<Context, 'peers' | 'call' | 'workspaceId'>

/** A ticket's id from whatever callers may write instead: the id itself, `1042` or `#1042`. */
export async function ticketId({ peers, call, workspaceId }: Asking, ref: string): Promise<string> {
  if (isId(ref)) return ref
  const { ticket } = await peers.ticket.getTicket({ workspaceId, number: numberOf(ref) }, call)
  return ticket?.id ?? ref
}

const numberOf = (ref: string): bigint => BigInt(ref.replace('#', ''))

const AT_ONCE = 1_000

export interface Named {
  readonly ref: string
  /** `undefined` where this workspace has no such number that the caller may see. */
  readonly id: string | undefined
}

/** Many by one call per 1,000 numbers; a number that nothing answers to stays unnamed instead of failing the rest. */
export async function ticketIds(
  asking: Asking & Pick<Context, 'signal'>,
  refs: readonly string[],
): Promise<readonly Named[]> {
  const ids = await idsOf(asking, [...new Set(refs.filter((ref) => !isId(ref)).map(numberOf))])
  return refs.map((ref) => ({ ref, id: isId(ref) ? ref : ids.get(numberOf(ref)) }))
}

/** One call after the other: a long list takes no more of the peer at a time than a short one. */
async function idsOf(
  { peers, call, workspaceId, signal }: Asking & Pick<Context, 'signal'>,
  numbers: readonly bigint[],
): Promise<ReadonlyMap<bigint, string>> {
  const ids = new Map<bigint, string>()
  for (let at = 0; at < numbers.length; at += AT_ONCE) {
    if (signal.aborted) throw unavailable('request-ended', 'the caller has left, or the gateway stops')
    const asked = { workspaceId, numbers: numbers.slice(at, at + AT_ONCE) }
    const { tickets } = await peers.ticket.getTicketIds(asked, call)
    for (const { number, id } of tickets) ids.set(number, id)
  }
  return ids
}
