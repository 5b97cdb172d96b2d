import { type LookupAddress, type LookupAllOptions, type LookupOptions, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublic } from './webhook-address.ts'

/** The host's name leads to an address that no webhook may reach. */
export class AddressRefused extends Error {}

/**
 * Looks names up, each once for all who wait for it. The system looks up four names at a time: one whose servers do not
 * answer holds one of the four, however many messages go there, and the others' names are found meanwhile.
 */
export function lookupOnce(find: Find = lookupAll): Find {
  const asked = new Map<string, Parameters<Find>[2][]>()
  return (hostname, options, done) => {
    const key = `${options.family ?? 0} ${options.hints ?? 0} ${hostname}`
    const waiting = asked.get(key)
    if (waiting !== undefined) return void waiting.push(done)
    const all = [done]
    asked.set(key, all)
    find(hostname, options, (error, addresses) => {
      asked.delete(key)
      for (const each of all) each(error, addresses)
    })
  }
}

/** Looks a name up for a connection, wherever it leads. */
export const lookupAny =
  (find: Find): LookupFunction =>
  (hostname, options, done) => {
    find(hostname, { ...options, all: true }, (error, addresses) => give(options, error, addresses, done))
  }

/**
 * Looks a name up for a connection and refuses it if any of its addresses is not public. What is connected to is what
 * was judged: a name that answers otherwise a moment later gains nothing.
 */
export const lookupPublic =
  (find: Find): LookupFunction =>
  (hostname, options, done) => {
    find(hostname, { ...options, all: true }, (error, addresses) => {
      const judged =
        error || addresses.every(({ address }) => isPublic(address))
          ? error
          : new AddressRefused('the name leads to an address that is not public')
      give(options, judged, addresses, done)
    })
  }

type Done = Parameters<LookupFunction>[2]

function give({ all }: LookupOptions, error: Error | null, addresses: LookupAddress[] | undefined, done: Done): void {
  const [first] = addresses ?? []
  if (error || first === undefined) done(error ?? new Error('no address'), '', 0)
  else if (all) done(null, addresses ?? [])
  else done(null, first.address, first.family)
}

export type Find = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const lookupAll: Find = (hostname, options, done) => lookup(hostname, options, done)
