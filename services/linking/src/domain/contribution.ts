import { NO_GROUP, type Priority, type Purpose, priorities, type Status, statuses } from './words.ts'

/** What one child adds to the rollup of one master. */
export interface Contribution {
  readonly status: Status
  readonly priority: Priority
  readonly groupId: string | null
  readonly customerId: string | null
  readonly projectId: string | null
  readonly purpose: Purpose
  /** False: the link counts the child but does not drive it. */
  readonly primary: boolean
}

export const figures = [
  'children',
  ...statuses.map((status) => `by_status.${status}` as const),
  ...priorities.map((priority) => `by_priority.${priority}` as const),
  'contributing',
] as const
export type Figure = (typeof figures)[number]

export type ReferenceKind = 'customer' | 'project'

/** Changes of counters, per group, and of reference counts, per reference and group; nothing in it is zero. */
export interface RollupDelta {
  readonly groups: Map<string, Map<Figure, number>>
  readonly references: Map<string, { kind: ReferenceKind; id: string; groupId: string; count: number }>
}

export const noDelta = (): RollupDelta => ({ groups: new Map(), references: new Map() })

export const isEmptyDelta = ({ groups, references }: RollupDelta): boolean => groups.size === 0 && references.size === 0

/** Adds what a child's contribution became to a master's delta: takes the old away, adds the new. */
export function addDifference(
  delta: RollupDelta,
  before: Contribution | undefined,
  after: Contribution | undefined,
): void {
  if (before) addContribution(delta, before, -1)
  if (after) addContribution(delta, after, 1)
}

/** What a child counts as: itself, its status, its priority, and its link where that does not drive it. */
export const countedAs = ({ status, priority, primary }: Contribution): Figure[] => [
  'children',
  `by_status.${status}`,
  `by_priority.${priority}`,
  ...(primary ? [] : (['contributing'] as const)),
]

/** Whom a child makes affected; follow-ups are our own work, nobody is affected by them. */
export function referencesOf(contribution: Contribution): { kind: ReferenceKind; id: string }[] {
  if (contribution.purpose === 'follow_up') return []
  const { customerId, projectId } = contribution
  return [
    ...(customerId ? [{ kind: 'customer' as const, id: customerId }] : []),
    ...(projectId ? [{ kind: 'project' as const, id: projectId }] : []),
  ]
}

function addContribution(delta: RollupDelta, contribution: Contribution, by: 1 | -1): void {
  const groupId = contribution.groupId ?? NO_GROUP
  for (const figure of countedAs(contribution)) addFigure(delta, groupId, figure, by)
  for (const reference of referencesOf(contribution)) addReference(delta, { ...reference, groupId }, by)
}

/** Moves one counter; a change that cancels out leaves no trace. */
export function addFigure({ groups }: RollupDelta, groupId: string, figure: Figure, by: number): void {
  const group = groups.get(groupId) ?? new Map<Figure, number>()
  const count = (group.get(figure) ?? 0) + by
  if (count === 0) group.delete(figure)
  else group.set(figure, count)
  if (group.size === 0) groups.delete(groupId)
  else groups.set(groupId, group)
}

export function addReference(
  { references }: RollupDelta,
  reference: { kind: ReferenceKind; id: string; groupId: string },
  by: number,
): void {
  const key = `${reference.kind} ${reference.id} ${reference.groupId}`
  const count = (references.get(key)?.count ?? 0) + by
  if (count === 0) references.delete(key)
  else references.set(key, { ...reference, count })
}

export const sameContribution = (one: Contribution, other: Contribution): boolean =>
  one.status === other.status &&
  one.priority === other.priority &&
  one.groupId === other.groupId &&
  one.customerId === other.customerId &&
  one.projectId === other.projectId &&
  one.purpose === other.purpose &&
  one.primary === other.primary
