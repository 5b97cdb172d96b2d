import { type Folded, fold, foldTranscribed } from './fold.ts'

/** A word or number of a folded text; where it stands counts in the folded text. */
export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

// scripts that write no space between words: each character is a word, so that a name is found inside a sentence
const DENSE =
  '[[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]&&\\p{L}]'
const TOKEN = new RegExp(`${DENSE}\\p{M}*|[[\\p{L}\\p{N}\\p{M}]--${DENSE}]+`, 'gv')

/** The words and numbers of a folded text; whatever stands between them separates and nothing more. */
export function tokensIn({ text }: Folded): Token[] {
  return [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({
    text: token,
    start: index,
    end: index + token.length,
  }))
}

/** The words of a name or id as phrases are made of them. */
export const wordsOf = (text: string): string[] => wordsIn(fold(text))

/** The words of a name in each way of writing it: without its diacritics, and with two letters for one. */
export const spellingsOf = (name: string): string[][] => [wordsOf(name), wordsIn(foldTranscribed(name))]

const wordsIn = (folded: Folded): string[] => tokensIn(folded).map((token) => token.text)
