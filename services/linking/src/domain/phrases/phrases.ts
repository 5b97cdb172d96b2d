import { isCommon } from './common-words.ts'
import { fold } from './fold.ts'
import { isPublicMailDomain } from './mail-domains.ts'
import { spellingsOf, wordsOf } from './tokens.ts'

/** What gives somebody away. */
export const phraseKinds = ['requester', 'customer', 'address', 'domain', 'external-id'] as const
export type PhraseKind = (typeof phraseKinds)[number]

export interface Phrase {
  readonly kind: PhraseKind
  /** As it is looked up: folded words with one space between them; addresses and domains as they are written. */
  readonly text: string
}

/** Longer names are found by their first words, longer ids by their last. */
export const MOST_WORDS = 8
// as much of a phrase as an index entry takes; the text's phrases are cut the same way
const MOST_UNITS = 300
const LEAST_NAME = 2
const LEAST_SURNAME = 3
const LEAST_ID = 3
const SURNAME = /^[\p{L}\p{M}]+$/u

const legalForms = new Set(
  'ab ag aps as bv co company corp corporation eg gbr gmbh inc incorporated kg kgaa limited llc llp ltd nv ohg oy oyj plc pty sa sarl sas se spa srl ug'.split(
    ' ',
  ),
)

/** Words as one phrase. */
export const joined = (words: readonly string[]): string => words.join(' ').slice(0, MOST_UNITS)

/** What names a person: the whole name, in either order, without middle names, and the surname unless it is a common word. */
export const personPhrases = (name: string): Phrase[] =>
  named(
    'requester',
    spellingsOf(name).flatMap((words) => personNames(words, name.includes('@'))),
  )

function personNames(words: readonly string[], isAddress: boolean): string[] {
  const [first = '', ...rest] = words
  const surname = rest.at(-1)
  const phrases = [joined(words.slice(0, MOST_WORDS))]
  if (surname !== undefined && !isAddress) {
    phrases.push(joined([surname, ...words.slice(0, -1)].slice(0, MOST_WORDS)), joined([first, surname]))
    if (namesAlone(surname)) phrases.push(surname)
  }
  return phrases
}

const namesAlone = (surname: string): boolean =>
  SURNAME.test(surname) && surname.length >= LEAST_SURNAME && !isCommon(surname) && !legalForms.has(surname)

/** What names an organisation: its name with and without its legal form. */
export const customerPhrases = (name: string): Phrase[] => named('customer', spellingsOf(name).flatMap(customerNames))

const customerNames = (words: readonly string[]): string[] =>
  [words, words.slice(0, lastOther(words) + 1)].map((some) => joined(some.slice(0, MOST_WORDS)))

const lastOther = (words: readonly string[]): number => words.findLastIndex((word) => !legalForms.has(word))

/** An address, and its domain unless anybody may have an address there. */
export function addressPhrases(email: string): Phrase[] {
  const address = fold(email.trim()).text
  const at = address.lastIndexOf('@')
  if (at < 1 || at === address.length - 1) return []
  const domain = address.slice(at + 1)
  const phrases: Phrase[] = [{ kind: 'address', text: address.slice(0, MOST_UNITS) }]
  if (domain.includes('.') && !isPublicMailDomain(domain))
    phrases.push({ kind: 'domain', text: domain.slice(0, MOST_UNITS) })
  return phrases
}

/** The id under which a source knows a ticket; one that is too short would be found everywhere. */
export function externalIdPhrases(id: string): Phrase[] {
  const text = joined(wordsOf(id).slice(-MOST_WORDS))
  return lengthOf(text) >= LEAST_ID ? [{ kind: 'external-id', text }] : []
}

const isName = (text: string): boolean => lengthOf(text) >= LEAST_NAME
const lengthOf = (phrase: string): number => [...phrase.replaceAll(' ', '')].length

const named = (kind: PhraseKind, texts: readonly string[]): Phrase[] =>
  [...new Set(texts.filter(isName))].map((text) => ({ kind, text }))
