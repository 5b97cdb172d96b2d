import { createHash } from 'node:crypto'

/** A record as `GET /v1/operations/{id}/record` tells it; hashes and salts in hex. */
export interface RecordEntryJson {
  readonly seq: number
  readonly what: string
  readonly actorId: string | null
  readonly at: string | null
  readonly content: string
  readonly previousHash: string
  readonly hash: string
  readonly leaves: readonly RecordLeafJson[]
}
export interface RecordLeafJson {
  readonly ticketId: string | null
  readonly salt: string | null
  readonly hash: string
  readonly content: string | null
}

/** What a check found: how much there was, and each thing that is not as it was written. */
export interface RecordCheck {
  readonly entries: number
  readonly leaves: number
  /** Leaves that cannot be read: of erased people, or of children that the viewer may not see. */
  readonly unreadable: number
  readonly faults: readonly string[]
}

const START = '0'.repeat(64)

const sha256 = (mark: number, ...parts: readonly Buffer[]): string => {
  const hash = createHash('sha256').update(Buffer.of(mark))
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
const bytes = (hex: string) => Buffer.from(hex, 'hex')

/**
 * Follows the chain from its first entry and computes every hash anew. `state` is the operation's: a chain that never
 * came to it was cut off at its end.
 */
export function checkRecord(entries: readonly RecordEntryJson[], state: string): RecordCheck {
  const faults: string[] = []
  let [previous, leaves, unreadable] = [START, 0, 0]
  entries.forEach((entry, at) => {
    const say = (fault: string) => faults.push(`entry ${entry.seq}: ${fault}`)
    if (entry.seq !== at + 1) say(`stands where ${at + 1} should`)
    if (entry.previousHash !== previous) say('does not follow from the entry before it')
    if (sha256(2, bytes(entry.previousHash), Buffer.from(entry.content)) !== entry.hash) say('its content was changed')
    checkContent(entry, say)
    leaves += entry.leaves.length
    unreadable += entry.leaves.filter(({ content }) => content === null).length
    previous = entry.hash
  })
  if (!entries.some(({ content }) => stateIn(content) === state)) faults.push(`no entry tells that it is ${state}`)
  return { entries: entries.length, leaves, unreadable, faults }
}

const stateIn = (content: string) => (JSON.parse(content) as { standing?: { state?: string } }).standing?.state

function checkContent(entry: RecordEntryJson, say: (fault: string) => void): void {
  const told = JSON.parse(entry.content) as { seq?: number; what?: string; leaves?: number; root?: string }
  if (told.seq !== entry.seq || told.what !== entry.what) say('is shown as something else than its content says')
  if (entry.what !== 'page') return
  if (told.leaves !== entry.leaves.length) say(`has ${entry.leaves.length} leaves and says ${told.leaves}`)
  if (told.root !== rootOf(entry.leaves.map(({ hash }) => hash))) say('its leaves are not those that were written')
  entry.leaves.forEach(({ salt, content, hash }, at) => {
    if (salt !== null && content !== null && sha256(0, bytes(salt), Buffer.from(content)) !== hash)
      say(`leaf ${at} was changed`)
  })
}

/** RFC 6962 §2.1, from the bottom: pairs of neighbours, a single one at the end goes up as it is. */
function rootOf(leaves: readonly string[]): string {
  let level = [...leaves]
  if (level.length === 0) return createHash('sha256').digest('hex')
  while (level.length > 1) {
    const next: string[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left = '', right] = level.slice(at, at + 2)
      next.push(right === undefined ? left : sha256(1, bytes(left), bytes(right)))
    }
    level = next
  }
  return level[0] ?? ''
}
