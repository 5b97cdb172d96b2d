import type { LookupAddress, LookupOptions } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isPublic } from './webhook-address.ts'

/** The host's name leads to an address that no webhook may reach. */
export class AddressRefused extends Error {}

/** The addresses of a name, at least one. Throws where there are none. */
export type Find = (hostname: string) => Promise<readonly LookupAddress[]>

/**
 * Asks DNS over sockets. The system's own look-up would hold one of the process's few threads for each name whose
 * servers do not answer, and mail, files and the brokers' names wait for the same threads.
 */
export const webhookResolver = (): Resolver => new Resolver({ timeout: 2_000, tries: 1 })

// RFC 6761: never asked of DNS
const LOCALHOST = /^(?:.+\.)?localhost\.?$/i
const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/** Finds a full name in DNS, and nowhere else: the hosts file and search domains do not count. */
export const findBy =
  (resolver: Resolver): Find =>
  async (hostname) => {
    if (LOCALHOST.test(hostname)) return LOOPBACK
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = [...addressesOf(v4, 4), ...addressesOf(v6, 6)]
    if (found.length > 0) return found
    throw v4.status === 'rejected' ? v4.reason : new Error('no address')
  }

const addressesOf = (answer: PromiseSettledResult<string[]>, family: number): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : []

const FAILURE_KEPT_MS = 30_000

/** Looks each name up once for all who wait for it; one that was not found is not asked for again for 30 s. */
export function lookupOnce(find: Find): Find {
  const asked = new Map<string, ReturnType<Find>>()
  return (hostname) => {
    const known = asked.get(hostname)
    if (known !== undefined) return known
    const answer = find(hostname)
    asked.set(hostname, answer)
    const forget = () => void asked.delete(hostname)
    answer.then(forget, () => void setTimeout(forget, FAILURE_KEPT_MS).unref())
    return answer
  }
}

/** Looks a name up for a connection, wherever it leads. */
export const lookupAny = (find: Find): LookupFunction => lookupBy(find)

/**
 * Looks a name up for a connection and refuses it if any of its addresses is not public. What is connected to is what
 * was judged: a name that answers otherwise a moment later gains nothing.
 */
export const lookupPublic = (find: Find): LookupFunction =>
  lookupBy(async (hostname) => {
    const addresses = await find(hostname)
    if (addresses.every(({ address }) => isPublic(address))) return addresses
    throw new AddressRefused('the name leads to an address that is not public')
  })

const lookupBy =
  (find: Find): LookupFunction =>
  (hostname, options, done) => {
    find(hostname).then(
      (addresses) => give(options, addresses, done),
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    )
  }

function give({ all }: LookupOptions, addresses: readonly LookupAddress[], done: Parameters<LookupFunction>[2]): void {
  const [first] = addresses
  if (first === undefined) done(new Error('no address'), '', 0)
  else if (all) done(null, [...addresses])
  else done(null, first.address, first.family)
}
