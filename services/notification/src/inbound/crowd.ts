import { isIPv6, type Socket } from 'node:net'

/** Of everybody. A connection that sends nothing costs little. */
export const MAX_CLIENTS = 200
/** Of one sender: what Postfix opens to one destination unless told otherwise, so that a relay in front never meets it. */
const MAX_OF_ONE = 20
const LONGEST_SESSION_MS = 5 * 60_000

/** Whether an address has more connections open than one sender may; `open` are the addresses of all of them. */
export function isCrowding(address: string, open: Iterable<string>): boolean {
  const sender = senderOf(address)
  let found = 0
  for (const each of open) if (senderOf(each) === sender) found += 1
  return found > MAX_OF_ONE
}

/** An IPv6 address of one's own costs nothing: whoever has one has the network of 64 bits around it. */
function senderOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = [], tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(tail === undefined ? 0 : 8 - head.length - tail.length).fill('0')
  return [...head, ...zeros, ...(tail ?? [])].slice(0, 4).join(':')
}

/** Ends a connection after five minutes whatever it does: one that sends a byte now and then is never idle. */
export function boundSession(socket: Socket): void {
  const timer = setTimeout(() => {
    socket.write('421 4.4.2 this takes too long, come again\r\n')
    socket.destroy()
  }, LONGEST_SESSION_MS)
  socket.on('close', () => clearTimeout(timer))
}
