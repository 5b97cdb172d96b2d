/** A text as it is compared, and where each of its UTF-16 units stood in the original. */
export interface Folded {
  readonly text: string
  /** Where the original of `text[at]` starts. */
  startOf(at: number): number
  /** Where the original of `text[at]` ends. */
  endOf(at: number): number
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
// what is put over and under anything that is no letter of these scripts, such as digits
const DIACRITICS = /[\u0300-\u036f]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]/g
// marks of any kind over and under Latin, Greek and Cyrillic letters; in other scripts a mark can be a vowel and stays
const MARKS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu
/** No letter has more marks; to put thousands of them into their order takes a second. */
const LONGEST_PIECE = 64
const UNDECOMPOSED = /[øłđðþæœħı]/g
const plain: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ħ: 'h',
  ı: 'i',
}

// ß and æ are two letters in every fold
const TRANSCRIBED = /[äöüåø]/gi
const pairs: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }

/** Without case, diacritics, compatibility forms and unseen characters: `ＭÜLLER` and `mu­ller` are the same. */
export const fold = (text: string): Folded => foldWith(text, foldPiece)

/** The same, with the letters that are written as two where a keyboard lacks them as these two: `Müller` is `mueller`. */
export const foldTranscribed = (text: string): Folded => foldWith(text, (piece) => foldPiece(transcribed(piece)))

function foldWith(text: string, pieceOf: (piece: string) => string): Folded {
  let folded = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const { segment, index } of graphemes.segment(text)) {
    const piece = pieceOf(segment.slice(0, LONGEST_PIECE))
    for (let unit = 0; unit < piece.length; unit += 1) {
      starts.push(index)
      ends.push(index + segment.length)
    }
    folded += piece
  }
  return { text: folded, startOf: (at) => starts[at] ?? text.length, endOf: (at) => ends[at] ?? text.length }
}

const transcribed = (piece: string): string =>
  piece.normalize('NFKC').replace(TRANSCRIBED, (letter) => pairs[letter.toLowerCase()] ?? letter)

function foldPiece(piece: string): string {
  const bare = piece.normalize('NFKD').replace(UNSEEN, '').replace(MARKS, '').replace(DIACRITICS, '').normalize('NFC')
  // upper case first: ß is SS then, and every sigma the same
  return bare
    .toUpperCase()
    .toLowerCase()
    .replace(UNDECOMPOSED, (letter) => plain[letter] ?? letter)
}
