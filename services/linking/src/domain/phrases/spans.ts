import { type Folded, fold, foldTranscribed } from './fold.ts'
import { joined, MOST_WORDS } from './phrases.ts'
import { type Token, tokensIn } from './tokens.ts'

/** A stretch of a text that could give somebody away: what it is looked up as, and where it stands in the original. */
export interface Span {
  /** A phrase, or `#` and a ticket's number. */
  readonly key: string
  readonly start: number
  readonly end: number
}

const LOCAL = "[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~\\-]{1,64}"
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\-]{0,61}[\\p{L}\\p{N}])?'
const ADDRESS = new RegExp(`${LOCAL}@${LABEL}(?:\\.${LABEL}){1,8}`, 'gu')
const HOST = new RegExp(`${LABEL}(?:\\.${LABEL})+`, 'gu')
const MOST_LABELS = 5
// what may stand directly before an address without belonging to it
const NOT_OURS = /["'`=/{|(*]/g
const LETTER = /[\p{L}\p{N}]/u

/** Everything in a text that could be a name, an address, a domain, an id or a ticket's number. */
export function* spansOf(text: string): Generator<Span> {
  const folded = fold(text)
  const tokens = tokensIn(folded)
  yield* wordSpans(folded, tokens)
  yield* transcribedSpans(text, folded)
  yield* addressSpans(folded)
  yield* domainSpans(folded)
  yield* numberSpans(folded, tokens)
}

const spanAt = ({ startOf, endOf }: Folded, key: string, start: number, end: number): Span => ({
  key,
  start: startOf(start),
  end: endOf(end - 1),
})

function* wordSpans(folded: Folded, tokens: readonly Token[]): Generator<Span> {
  for (const [at, first] of tokens.entries()) {
    const words: string[] = []
    for (const token of tokens.slice(at, at + MOST_WORDS)) {
      words.push(token.text)
      yield spanAt(folded, joined(words), first.start, token.end)
      const bare = withoutS(token.text)
      if (bare !== undefined) yield spanAt(folded, joined([...words.slice(0, -1), bare]), first.start, token.end)
    }
  }
}

const SHORTEST_WITHOUT_S = 4
/** `Müllers Leitung`, `the Bergers`: a genitive or plural names whom its word names. */
const withoutS = (word: string): string | undefined =>
  word.endsWith('s') && word.length > SHORTEST_WITHOUT_S ? word.slice(0, -1) : undefined

/** Words once more with two letters for one: a text may write `Müller` where the directory has `Mueller`. */
function* transcribedSpans(text: string, plain: Folded): Generator<Span> {
  const folded = foldTranscribed(text)
  if (folded.text !== plain.text) yield* wordSpans(folded, tokensIn(folded))
}

function* addressSpans(folded: Folded): Generator<Span> {
  for (const { 0: address, index } of folded.text.matchAll(ADDRESS)) {
    for (const at of new Set([0, address.search(LETTER), ...beginningsIn(address)]))
      yield spanAt(folded, address.slice(at), index + at, index + address.length)
  }
}

const beginningsIn = (address: string): number[] =>
  [...address.slice(0, address.indexOf('@') - 1).matchAll(NOT_OURS)].map(({ index }) => index + 1)

function* domainSpans(folded: Folded): Generator<Span> {
  for (const { 0: host, index } of folded.text.matchAll(HOST)) {
    const labels = [...host.matchAll(/[^.]+/g)].map(({ 0: label, index: at }) => ({
      start: at,
      end: at + label.length,
    }))
    for (const [at, { start }] of labels.entries())
      for (const { end } of labels.slice(at + 1, at + MOST_LABELS))
        yield spanAt(folded, host.slice(start, end), index + start, index + end)
  }
}

const NUMBER = /^\d{1,15}$/
const announces = new Set(['ticket', 'tickets', 'case', 'cases'])
const between = new Set(['no', 'nr', 'number', 'numbers', 'id', 'and', 'or'])

/** Numbers after `#`, "ticket" or "case", and those that are listed with them. */
function* numberSpans(folded: Folded, tokens: readonly Token[]): Generator<Span> {
  let announced = false
  for (const token of tokens) {
    const isNumber = NUMBER.test(token.text)
    if (isNumber && (announced || /#\s*$/.test(folded.text.slice(Math.max(0, token.start - 8), token.start)))) {
      yield spanAt(folded, `#${Number(token.text)}`, token.start, token.end)
      announced = true
    } else announced = announces.has(token.text) || (announced && between.has(token.text))
  }
}
