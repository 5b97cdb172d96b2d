import { topics } from '@umbel/contracts'
import type { Received } from '@umbel/messaging'
import type { Artefact } from '../oracle.ts'
import { ticketScope } from './cast.ts'
import type { Played } from './story.ts'

/** An event: key, headers and value. What it may hold follows from its key alone. */
export function eventArtefact(message: Received, played: readonly Played[]): Artefact {
  const { topic, partition, offset, key, headers, value } = message
  return {
    channel: 'event',
    what: `${topic}/${partition}/${offset} ${headers.ce_type ?? ''} ${key}`,
    scope: scopeOf(message, played),
    bytes: Buffer.concat([Buffer.from(`${key}\n${JSON.stringify(headers)}\n`), value]),
  }
}

/** `workspace:id`, `workspace:kind:id` or `workspace:source:subject`. */
function scopeOf({ topic, key }: Received, played: readonly Played[]): string[] {
  const story = played.find(({ workspace }) => key.startsWith(`${workspace.id}:`))
  if (story === undefined) return []
  const { cast, owners, upstream } = story
  const id = key.split(':').at(-1) ?? ''
  const owner = owners.get(id) ?? upstream.subjects.get(id)
  if (owner === cast.owner('master')) {
    return [cast.name, owner, cast.owner('key')]
  }
  if (owner !== undefined) return ownScope(topic, story, owner)
  // agents, groups and projects are the house's; operations and what is unknown are nobody's: ids only
  return topic === topics.ticket.directory.name ? [cast.name, cast.owner('house'), cast.owner('author')] : [cast.name]
}

/** What people write travels by id, except from upstream. */
function ownScope(topic: string, { cast }: Played, owner: string): string[] {
  const said = ticketScope(cast, owner)
  const texts = ['author', 'broadcast', 'close', 'note'] as const
  const silent = topic === topics.inbound.tickets.name ? [] : texts.map(cast.owner)
  return said.filter((each) => !silent.includes(each))
}
