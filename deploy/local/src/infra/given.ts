import { unavailable } from '@umbel/kernel'
import type { GivenBy } from './config.ts'
import { answersBy } from './ready.ts'
import type { Server } from './server.ts'

/** A server somebody else runs, once it has answered; disposing of it does nothing. */
export async function useGiven(
  variable: GivenBy,
  address: string,
  ask: () => Promise<unknown>,
  deadlineMs = 5_000,
): Promise<Server> {
  const failure = await answersBy(Date.now() + deadlineMs, ask)
  if (failure) {
    const sentence = `${variable} names a server that does not answer: start that server, correct the variable, or unset it.`
    throw unavailable('given-server-away', sentence, { cause: failure.error })
  }
  return { address, given: true, [Symbol.asyncDispose]: () => Promise.resolve() }
}
