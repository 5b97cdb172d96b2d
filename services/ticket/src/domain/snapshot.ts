import type { Priority, Status } from './words.ts'

export const refKinds = ['requester', 'customer', 'project', 'group', 'assignee'] as const
export type RefKind = (typeof refKinds)[number]

/** What a source last said of a ticket, in its own ids. Absent: it never said. An empty id or value: none. */
export interface Snapshot {
  readonly subject?: string
  readonly status?: Status
  readonly priority?: Priority
  readonly refs?: Readonly<Partial<Record<RefKind, string>>>
  readonly labels?: readonly string[]
  readonly fields?: Readonly<Record<string, string>>
  readonly primaryMaster?: string
}

/** What of `said` differs from what the source said before: only that applies, so an echo cannot revert an agent. */
export function news(before: Snapshot, said: Snapshot): Snapshot {
  return {
    ...scalar('subject', before, said),
    ...scalar('status', before, said),
    ...scalar('priority', before, said),
    ...scalar('primaryMaster', before, said),
    ...(said.labels && !sameSet(before.labels, said.labels) ? { labels: said.labels } : {}),
    refs: moved(before.refs, said.refs),
    fields: moved(before.fields, said.fields),
  }
}

/** The snapshot after it. Form fields that are none are forgotten: a source may make up ever new names for them. */
export const remember = (before: Snapshot, said: Snapshot): Snapshot => ({
  ...before,
  ...said,
  refs: { ...before.refs, ...said.refs },
  fields: present({ ...before.fields, ...said.fields }),
})

const present = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))

type Scalar = 'subject' | 'status' | 'priority' | 'primaryMaster'
const scalar = (name: Scalar, before: Snapshot, said: Snapshot): Snapshot =>
  said[name] !== undefined && said[name] !== before[name] ? { [name]: said[name] } : {}

function moved<V extends Readonly<Record<string, string>>>(before: V | undefined, said: V | undefined): V {
  const known: Readonly<Record<string, string>> = before ?? {}
  // a value never said and a value said to be none are the same to a ticket
  return Object.fromEntries(Object.entries(said ?? {}).filter(([name, value]) => (known[name] ?? '') !== value)) as V
}

const sameSet = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a !== undefined && a.length === b.length && b.every((label) => a.includes(label))
