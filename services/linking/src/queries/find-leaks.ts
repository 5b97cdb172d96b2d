import { authorize, invalid, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type CheckedText, keysOf, type Leak, leaksIn } from '../domain/phrases/leaks.ts'
import { foreignPhrases } from '../store/leak-receivers.ts'
import { type Found, knownPhrases, numbersOfFamily, phrasesOfFamily } from '../store/leak-search.ts'
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
 * may not see count as well: the answer says nothing but what stands in the text.
 */
export const findLeaks =
  ({ transact }: QueryDeps) =>
  ({ workspaceId, actor }: Reading, request: FindLeaks): Promise<Leak[]> => {
    authorize(actor, 'read-master')
    assertFits(request)
    return transact(workspaceId, async (unit) => {
      const { masterId } = request
      const master = isId(masterId) ? await readMaster(unit, masterId, actor.hiddenGroupIds) : undefined
      if (!master) throw notFound('not-found', 'no such master in this workspace')
      const found = await foundIn(unit, request)
      const leaking = await foreignPhrases(unit, found, request)
      return leaksIn(request.texts, new Map(leaking.map(({ phrase, kind }) => [phrase, kind])))
    })
  }

function assertFits({ texts, receiverIds }: FindLeaks): void {
  const units = texts.reduce((sum, { text }) => sum + text.length, 0)
  if (units > MOST_UNITS) throw invalid('text-too-long', `at most ${MOST_UNITS} characters`, { field: 'texts' })
  if (receiverIds.length > MOST_RECEIVERS)
    throw invalid('too-many-tickets', `at most ${MOST_RECEIVERS} ids`, { field: 'receiver_ids' })
  if (!receiverIds.every(isId)) throw invalid('bad-id', 'this is no id', { field: 'receiver_ids' })
}

/** Everything in the texts that names the master or a child of it. */
async function foundIn(unit: Unit, { masterId, texts }: FindLeaks): Promise<Found[]> {
  const known: string[] = []
  const numbers: string[] = []
  for (const keys of portionsOf(keysOf(texts), KEYS_AT_ONCE)) {
    numbers.push(...keys.filter(isNumber).map((key) => key.slice(1)))
    known.push(
      ...(await knownPhrases(
        unit,
        keys.filter((key) => !isNumber(key)),
      )),
    )
  }
  return [
    ...(known.length > 0 ? await phrasesOfFamily(unit, masterId, known) : []),
    ...(numbers.length > 0 ? await numbersOfFamily(unit, masterId, numbers) : []),
  ]
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
