import { connect, type Socket } from 'node:net'
import { refused, unavailable } from '@umbel/kernel'

/** The newest version of each API that kafkajs speaks. It never looks at the oldest one a broker still takes. */
const CLIENT_APIS: readonly { name: string; key: number; newest: number }[] = [
  { name: 'Produce', key: 0, newest: 7 },
  { name: 'Fetch', key: 1, newest: 11 },
  { name: 'ListOffsets', key: 2, newest: 3 },
  { name: 'Metadata', key: 3, newest: 6 },
  { name: 'OffsetCommit', key: 8, newest: 5 },
  { name: 'OffsetFetch', key: 9, newest: 4 },
  { name: 'FindCoordinator', key: 10, newest: 2 },
  { name: 'JoinGroup', key: 11, newest: 5 },
  { name: 'Heartbeat', key: 12, newest: 3 },
  { name: 'LeaveGroup', key: 13, newest: 3 },
  { name: 'SyncGroup', key: 14, newest: 3 },
  { name: 'CreateTopics', key: 19, newest: 3 },
  { name: 'InitProducerId', key: 22, newest: 1 },
]
const API_VERSIONS_KEY = 18
const ANSWER_MS = 5000

/** The oldest version of each API that a broker takes, by the API's key. */
export type OldestVersions = ReadonlyMap<number, number>

/** Fails, naming the APIs, when the broker takes only newer versions than the client speaks. */
export function checkVersions(oldest: OldestVersions): void {
  const gone = CLIENT_APIS.filter(({ key, newest }) => (oldest.get(key) ?? Number.POSITIVE_INFINITY) > newest)
  if (gone.length === 0) return
  const names = gone.map(
    ({ name, key, newest }) => `${name} (we speak up to ${newest}, it wants ${wanted(oldest.get(key))})`,
  )
  throw refused('kafka-too-new', `The Kafka broker no longer takes what our client speaks: ${names.join(', ')}`)
}

const wanted = (version: number | undefined): string => (version === undefined ? 'none' : `at least ${version}`)

/** Asks the first broker that answers. */
export async function askVersions(brokers: readonly string[]): Promise<OldestVersions> {
  const failures: unknown[] = []
  for (const broker of brokers) {
    try {
      return await askOne(broker)
    } catch (error) {
      failures.push(error)
    }
  }
  throw unavailable('kafka-away', `No Kafka broker answers at ${brokers.join(', ')}`, {
    cause: new AggregateError(failures),
  })
}

function askOne(broker: string): Promise<OldestVersions> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(broker) ?? []
  const { promise, resolve, reject } = Promise.withResolvers<OldestVersions>()
  const socket: Socket = connect({ host, port: Number(port) }, () => socket.write(request()))
  const chunks: Buffer[] = []
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`${broker} did not answer in ${ANSWER_MS} ms`)))
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    const answer = Buffer.concat(chunks)
    if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return
    resolve(readAnswer(answer))
    socket.end()
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error(`${broker} hung up`)))
  return promise
}

/** ApiVersions version 0: size, API key, version, correlation id, client id (none). */
function request(): Buffer {
  const bytes = Buffer.alloc(14)
  bytes.writeInt32BE(10, 0)
  bytes.writeInt16BE(API_VERSIONS_KEY, 4)
  bytes.writeInt16BE(-1, 12)
  return bytes
}

/** Size, correlation id, error code, count, then key, oldest and newest version of each API. */
function readAnswer(answer: Buffer): OldestVersions {
  const oldest = new Map<number, number>()
  const count = answer.readInt32BE(10)
  for (let at = 14; at < 14 + count * 6; at += 6) oldest.set(answer.readInt16BE(at), answer.readInt16BE(at + 2))
  return oldest
}
