import { isCommon } from './common-words.ts'
import type { PhraseKind } from './phrases.ts'
import { spansOf } from './spans.ts'

export interface CheckedText {
  readonly field: string
  readonly text: string
}

export interface Leak {
  /** Empty where what it names is hidden from the viewer, as is the phrase then. */
  readonly field: string
  /** As it stands in the text. */
  readonly phrase: string
  /** UTF-16 units from the text's start. */
  readonly offset: number
  readonly kind: PhraseKind | 'number' | 'hidden'
  /** Warns only: such words stand in any text. */
  readonly common: boolean
}

const MOST_LEAKS = 200

/** What is looked up for these texts, each once. */
export function* keysOf(texts: readonly CheckedText[]): Generator<string> {
  const seen = new Set<string>()
  for (const { text } of texts)
    for (const { key } of spansOf(text)) {
      if (seen.has(key)) continue
      seen.add(key)
      yield key
    }
}

const HIDDEN: Leak = { field: '', phrase: '', offset: 0, kind: 'hidden', common: false }

/**
 * Where the phrases that give somebody away stand; at most 200, those that only warn are left out first. What is hidden
 * from the viewer comes to one leak over all texts, which says neither what it is nor where, and none if it would only
 * warn.
 */
export function leaksIn(texts: readonly CheckedText[], kinds: ReadonlyMap<string, Leak['kind']>): Leak[] {
  const all = texts.map((text) => leaksOf(text, kinds))
  const seen = all.flatMap((leaks) => outermost(leaks.filter(({ kind }) => kind !== 'hidden')))
  const hides = all.some((leaks) => outermost(leaks).some(({ kind, common }) => kind === 'hidden' && !common))
  const kept = new Set(
    [...seen.filter(({ common }) => !common), ...seen.filter(({ common }) => common)].slice(0, MOST_LEAKS),
  )
  return [...seen.filter((leak) => kept.has(leak)), ...(hides ? [HIDDEN] : [])]
}

function leaksOf({ field, text }: CheckedText, kinds: ReadonlyMap<string, Leak['kind']>): Leak[] {
  const leaks: Leak[] = []
  for (const { key, start, end } of spansOf(text)) {
    const kind = kinds.get(key)
    if (kind) leaks.push({ field, phrase: text.slice(start, end), offset: start, kind, common: isCommon(key) })
  }
  return leaks.sort((a, b) => a.offset - b.offset || b.phrase.length - a.phrase.length)
}

/** Without what is part of another one that says as much: "Meier" inside "Anna Meier". Comes and goes in order. */
function outermost(leaks: readonly Leak[]): Leak[] {
  const reached = { blocking: 0, any: 0 }
  return leaks.filter(({ offset, phrase, common }) => {
    const end = offset + phrase.length
    const covered = end <= (common ? reached.any : reached.blocking)
    reached.any = Math.max(reached.any, end)
    if (!common) reached.blocking = Math.max(reached.blocking, end)
    return !covered
  })
}
