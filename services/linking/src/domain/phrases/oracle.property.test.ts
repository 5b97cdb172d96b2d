import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isCommon } from './common-words.ts'
import { leaksIn } from './leaks.ts'
import { addressPhrases, customerPhrases, externalIdPhrases, type Phrase, personPhrases } from './phrases.ts'

/** Somebody or something that a text must not name. */
type Secret =
  | {
      readonly kind: 'requester' | 'customer' | 'external-id'
      readonly words: readonly string[]
      readonly written: string
    }
  | { readonly kind: 'address'; readonly written: string }
  | { readonly kind: 'number'; readonly written: string }

const phrasesOf = (secret: Secret): readonly { readonly text: string; readonly kind: Phrase['kind'] | 'number' }[] => {
  if (secret.kind === 'requester') return personPhrases(secret.written)
  if (secret.kind === 'customer') return customerPhrases(secret.written)
  if (secret.kind === 'external-id') return externalIdPhrases(secret.written)
  if (secret.kind === 'address') return addressPhrases(secret.written)
  return [{ kind: 'number', text: `#${secret.written}` }]
}

/** What the index finds, as words of the text in one spelling. */
function indexed(text: string, secrets: readonly Secret[]): Set<string> {
  const kinds = new Map(secrets.flatMap(phrasesOf).map((phrase) => [phrase.text, phrase.kind] as const))
  const leaks = leaksIn([{ field: 'text', text }], kinds)
  for (const { phrase, offset } of leaks) expect(text.slice(offset, offset + phrase.length)).toBe(phrase)
  return new Set(leaks.map(({ phrase, offset }) => `${offset} ${phrase}`))
}

/** Loads every secret and scans the whole text for each: no index, no tokens, no code shared with what is tested. */
function scanned(text: string, secrets: readonly Secret[]): Set<string> {
  const found = secrets.flatMap((secret) =>
    patternsOf(secret).flatMap((pattern) => occurrences(text, pattern, waysOf(secret))),
  )
  const longest = found.filter((one) => !found.some((other) => hides(other, one)))
  return new Set(longest.map(({ at, phrase }) => `${at} ${phrase}`))
}

interface Occurrence {
  readonly at: number
  readonly phrase: string
}

const plain = (text: string) => [...text].map((letter) => letter.normalize('NFD').charAt(0).toLowerCase()).join('')
const pairs: Readonly<Record<string, string>> = { ü: 'ue', å: 'aa' }
const spelt = (letter: string) => pairs[letter.toLowerCase()] ?? plain(letter)
const commonIn = (phrase: string) => isCommon(plain(phrase).replaceAll(/[^a-z0-9]+/g, ' '))

function hides(other: Occurrence, one: Occurrence): boolean {
  const around = other.at <= one.at && other.at + other.phrase.length >= one.at + one.phrase.length
  return around && other.phrase.length > one.phrase.length && (!commonIn(other.phrase) || commonIn(one.phrase))
}

// a dot, an @ or a hyphen on either side makes no difference between words, but does between hosts
const apart = { word: ['(?<![a-z0-9])', '(?![a-z0-9])'], host: ['(?<![a-z0-9]-*)', '(?!-*[a-z0-9])'] } as const
const alone = (sides: keyof typeof apart, inner: string) => new RegExp(apart[sides].join(`(${inner})`), 'g')
const spaced = (words: readonly string[]) =>
  alone('word', [plain, transcribed].map((write) => inAnyCase(words.map(write))).join('|'))
// a genitive or plural of a word of four letters or more
const inAnyCase = (words: readonly string[]) =>
  `${words.join('[^a-z0-9]+')}${(words.at(-1)?.length ?? 0) >= 4 ? 's?' : ''}`
const transcribed = (text: string) => [...text].map(spelt).join('')
const escaped = (text: string) => text.replaceAll('.', '\\.')

function patternsOf(secret: Secret): RegExp[] {
  if (secret.kind === 'number') {
    const listed = '(?:(?:no|and|[0-9]+)[^a-z0-9]+)*'
    const announced = `#\\s*(?:[0-9]+[^a-z0-9]+${listed})?|(?<![a-z0-9])(?:ticket|case)[^a-z0-9]+${listed}`
    return [new RegExp(`(?<=${announced})(?<![a-z0-9])(0*${secret.written})(?![a-z0-9])`, 'g')]
  }
  if (secret.kind === 'address') {
    const [local = '', host = ''] = plain(secret.written).split('@')
    const address = new RegExp(`(?<![a-z0-9][.#-]*)(${escaped(local)}@${escaped(host)})(?!-*[a-z0-9]|\\.[a-z0-9])`, 'g')
    return host === 'gmail.com' ? [address] : [address, alone('host', escaped(host))]
  }
  const { words } = secret
  if (secret.kind === 'external-id') return [spaced(words)]
  if (secret.kind === 'customer')
    return words.at(-1) === 'GmbH' ? [spaced(words), spaced(words.slice(0, -1))] : [spaced(words)]
  const [first = '', last = ''] = [words[0], words.at(-1)]
  const surname = isCommon(plain(last)) || last.length < 3 ? [] : [spaced([last])]
  return [spaced(words), spaced([last, ...words.slice(0, -1)]), spaced([first, last]), ...surname]
}

type Write = (letter: string) => string

// an address or host with two letters for one is another address or host
const waysOf = ({ kind }: Secret): readonly Write[] => (kind === 'address' ? [plain] : [plain, spelt])

const occurrences = (text: string, pattern: RegExp, ways: readonly Write[]): Occurrence[] =>
  ways.flatMap((write) => occurrencesIn([...text].map(write), text, pattern))

/** `letters`: each letter of the text as it is written here, one or two. */
function occurrencesIn(letters: readonly string[], text: string, pattern: RegExp): Occurrence[] {
  const found: Occurrence[] = []
  const places = letters.flatMap((letter, at) => [...letter].map(() => at))
  const written = letters.join('')
  for (let from = 0; from <= written.length; from += 1) {
    pattern.lastIndex = from
    const match = pattern.exec(written)
    if (!match) break
    const start = match.index + match[0].lastIndexOf(match[1] ?? '')
    const at = places[start] ?? text.length
    found.push({ at, phrase: text.slice(at, places[start + (match[1] ?? '').length] ?? text.length) })
    from = match.index
  }
  return found
}

const names = fc.constantFrom(
  'Anna',
  'Zoë',
  'Jürgen',
  'Juergen',
  'Åse',
  'Aase',
  'Meier',
  'Núñez',
  'Li',
  'May',
  'Support',
  'Acme',
  'Borealis',
  'Data',
)
const hosts = fc.constantFrom('acme.example', 'mail.acme.example', 'borealis.example', 'gmail.com')
const numbers = fc.integer({ min: 1, max: 12 }).map(String)
const wordy = (words: fc.Arbitrary<string[]>, between: string) =>
  words.map((some) => ({ words: some, written: some.join(between) }))
const secret: fc.Arbitrary<Secret> = fc.oneof(
  wordy(fc.array(names, { minLength: 2, maxLength: 3 }), ' ').map((some) => ({ kind: 'requester' as const, ...some })),
  wordy(fc.tuple(names, fc.constantFrom('GmbH', 'Berlin')), ' ').map((some) => ({
    kind: 'customer' as const,
    ...some,
  })),
  wordy(fc.tuple(fc.constantFrom('INC', 'Acme'), numbers), '-').map((some) => ({
    kind: 'external-id' as const,
    ...some,
  })),
  fc
    .tuple(names, hosts)
    .map(([name, host]) => ({ kind: 'address' as const, written: `${name.toLowerCase()}@${host}` })),
  numbers.map((written) => ({ kind: 'number' as const, written })),
)
const shouted = (words: fc.Arbitrary<string>) =>
  fc.tuple(words, fc.boolean()).map(([word, loud]) => (loud ? word.toUpperCase() : word))
const piece = fc.oneof(
  shouted(names),
  fc.constantFrom('GmbH', 'Berlin', 'inc', 'ticket', 'case', 'no', '#', 'and', 'the', 'x', 's', '007'),
  numbers,
  hosts,
  fc.tuple(names, hosts).map(([name, host]) => `${name}@${host}`),
)
const text = fc
  .array(fc.tuple(piece, fc.constantFrom(' ', ', ', '\n', '-', '. ', '', ': ')), { maxLength: 14 })
  .map((pieces) => pieces.flat().join(''))

it('the index finds what a scan with all names finds', () => {
  const property = fc.property(text, fc.array(secret, { maxLength: 6 }), (said, secrets) => {
    expect(indexed(said, secrets)).toEqual(scanned(said, secrets))
  })
  fc.assert(property, { numRuns: 1_500 })
}, 60_000)
