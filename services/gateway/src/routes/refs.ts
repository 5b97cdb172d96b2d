import { isUmbelError } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Context } from '../http/route.ts'

type Asking = Pick<Context, 'peers' | 'call' | 'workspaceId'>

/** A ticket's id from whatever callers may write instead: the id itself, `1042` or `#1042`. */
export async function ticketId({ peers, call, workspaceId }: Asking, ref: string): Promise<string> {
  if (isId(ref)) return ref
  const number = BigInt(ref.replace('#', ''))
  const { ticket } = await peers.ticket.getTicket({ workspaceId, number }, call)
  return ticket?.id ?? ref
}

const AT_ONCE = 16

export interface Named {
  readonly ref: string
  /** `undefined` where this workspace has no such number. */
  readonly id: string | undefined
}

/** Many at once; a number that nothing answers to stays unnamed instead of failing the rest. */
export async function ticketIds(asking: Asking, refs: readonly string[]): Promise<Named[]> {
  const named: Named[] = refs.map((ref) => ({ ref, id: isId(ref) ? ref : undefined }))
  const numbers = [...named.keys()].filter((at) => named[at]?.id === undefined)
  const workers = Array.from({ length: Math.min(AT_ONCE, numbers.length) }, async () => {
    for (let at = numbers.pop(); at !== undefined; at = numbers.pop()) named[at] = await nameOne(asking, refs[at] ?? '')
  })
  await Promise.all(workers)
  return named
}

async function nameOne(asking: Asking, ref: string): Promise<Named> {
  try {
    return { ref, id: await ticketId(asking, ref) }
  } catch (thrown) {
    if (isUmbelError(thrown) && thrown.kind === 'not-found') return { ref, id: undefined }
    throw thrown
  }
}
