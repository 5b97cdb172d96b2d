import { isCommon } from './common-words.ts'
import type { PhraseKind } from './phrases.ts'
import { spansOf } from './spans.ts'

export interface CheckedText {
  readonly field: string
  readonly text: string
}

export interface Leak {
  readonly field: string
  /** As it stands in the text. */
  readonly phrase: string
  /** UTF-16 units from the text's start. */
  readonly offset: number
  readonly kind: PhraseKind | 'number'
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

/** Where the phrases that give somebody away stand; at most 200, those that only warn are left out first. */
export function leaksIn(texts: readonly CheckedText[], kinds: ReadonlyMap<string, Leak['kind']>): Leak[] {
  const all = texts.flatMap((text) => outermost(leaksOf(text, kinds)))
  const kept = new Set(
    [...all.filter(({ common }) => !common), ...all.filter(({ common }) => common)].slice(0, MOST_LEAKS),
  )
  return all.filter((leak) => kept.has(leak))
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
