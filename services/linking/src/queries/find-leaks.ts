import { authorize, invalid, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type CheckedText, keysOf, type Leak, leaksIn } from '../domain/phrases/leaks.ts'
import { areSeenChildren, foreignPhrases, type Receivers } from '../store/leak-receivers.ts'
import { type Family, type Found, knownPhrases, numbersOfFamily, phrasesOfFamily } from '../store/leak-search.ts'
import { readMaster } from '../store/master-reads.ts'
import type { Unit } from '../store/sql.ts'
import type { QueryDeps, Reading } from './read-scope.ts'

export interface FindLeaks {
  readonly masterId: string
  readonly texts: readonly CheckedText[]
  /** Empty: every child of the master. */
  readonly receiverIds: readonly string[]
}

const MOST_UNITS = 200_000
const MOST_RECEIVERS = 1_000
const KEYS_AT_ONCE = 20_000

/**
 * What texts for customers give away about other children of the master, or about the master. Children that the viewer
 * may not see count as well, but of a phrase that is theirs alone the answer says only that there is one.
 */
export const findLeaks =
  ({ transact }: QueryDeps) =>
  ({ workspaceId, actor }: Reading, request: FindLeaks): Promise<Leak[]> => {
    authorize(actor, 'read-master')
    assertFits(request)
    return transact(workspaceId, async (unit) => {
      const { masterId, texts, receiverIds } = request
      const { hiddenGroupIds } = actor
      if (!isId(masterId) || !(await mayAsk(unit, { masterId, hiddenGroupIds, receiverIds })))
        throw notFound('not-found', 'no such master in this workspace')
      const { seen, hidden } = await foundIn(unit, { masterId, hiddenGroupIds }, texts)
      const leaking = await foreignPhrases(unit, [...seen, ...hidden], { masterId, hiddenGroupIds, receiverIds })
      const unseen = new Set(hidden)
      return leaksIn(texts, new Map(leaking.map((one) => [one.phrase, unseen.has(one) ? 'hidden' : one.kind])))
    })
  }

function assertFits({ texts, receiverIds }: FindLeaks): void {
  const units = texts.reduce((sum, { text }) => sum + text.length, 0)
  if (units > MOST_UNITS) throw invalid('text-too-long', `at most ${MOST_UNITS} characters`, { field: 'texts' })
  if (receiverIds.length > MOST_RECEIVERS)
    throw invalid('too-many-tickets', `at most ${MOST_RECEIVERS} ids`, { field: 'receiver_ids' })
  if (!receiverIds.every(isId)) throw invalid('bad-id', 'this is no id', { field: 'receiver_ids' })
}

/** Who sees the master, or its children that the text is for: an agent answers a child whose master is another team's. */
const mayAsk = async (unit: Unit, receivers: Receivers): Promise<boolean> =>
  (await readMaster(unit, receivers.masterId, receivers.hiddenGroupIds)) !== undefined ||
  (receivers.receiverIds.length > 0 && (await areSeenChildren(unit, receivers)))

interface FoundPhrases {
  readonly seen: readonly Found[]
  /** Phrases of nobody but children that the viewer may not see. */
  readonly hidden: readonly Found[]
}

/** Everything in the texts that names the master or a child of it. */
async function foundIn(unit: Unit, family: Family, texts: readonly CheckedText[]): Promise<FoundPhrases> {
  const keys = await keysKnown(unit, texts)
  const seen = await namesOf(unit, family, keys)
  if (family.hiddenGroupIds.size === 0) return { seen, hidden: [] }
  const phrases = new Set(seen.map(({ phrase }) => phrase))
  const all = await namesOf(unit, { ...family, hiddenGroupIds: new Set() }, keys)
  return { seen, hidden: all.filter(({ phrase }) => !phrases.has(phrase)) }
}

interface Keys {
  readonly phrases: readonly string[]
  readonly numbers: readonly string[]
}

const namesOf = async (unit: Unit, family: Family, { phrases, numbers }: Keys): Promise<Found[]> => [
  ...(phrases.length > 0 ? await phrasesOfFamily(unit, family, phrases) : []),
  ...(numbers.length > 0 ? await numbersOfFamily(unit, family, numbers) : []),
]

/** The phrases in the texts that name anybody of the workspace, and the numbers. */
async function keysKnown(unit: Unit, texts: readonly CheckedText[]): Promise<Keys> {
  const phrases: string[] = []
  const numbers: string[] = []
  for (const keys of portionsOf(keysOf(texts), KEYS_AT_ONCE)) {
    numbers.push(...keys.filter(isNumber).map((key) => key.slice(1)))
    phrases.push(
      ...(await knownPhrases(
        unit,
        keys.filter((key) => !isNumber(key)),
      )),
    )
  }
  return { phrases, numbers }
}

const isNumber = (key: string): boolean => key.startsWith('#')

/** Long texts are looked up in portions, so that what is held at once does not grow with them. */
function* portionsOf<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let portion: T[] = []
  for (const one of all) {
    portion.push(one)
    if (portion.length < size) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}
