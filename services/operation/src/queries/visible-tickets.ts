import type { Acting, Rights } from '../commands/acting.ts'

const AT_ONCE = 1_000

/** Which of these tickets the actor may see as they are now; the house itself sees all. */
export async function visibleTickets(
  { ticketStates }: Rights,
  workspaceId: string,
  { actorId }: Acting,
  ticketIds: readonly string[],
): Promise<(ticketId: string) => boolean> {
  if (actorId === '') return () => true
  const asked = [...new Set(ticketIds)]
  const seen = new Set<string>()
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    const { states } = await ticketStates({ workspaceId, actorId }, asked.slice(at, at + AT_ONCE))
    for (const { ticketId } of states) seen.add(ticketId)
  }
  return (ticketId) => seen.has(ticketId)
}
