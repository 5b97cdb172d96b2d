import { leakSentence, refused } from '@umbel/kernel'

/** What a text for a child's customer gives away about its siblings or its master. */
export interface Leak {
  readonly phrase: string
  /** As in LinkingService/FindLeaks; `hidden`: of somebody whom the author may not see, and without phrase. */
  readonly kind: string
  /** A word that many use: it warns, and does not block. */
  readonly common: boolean
}

/** What the author should know; it holds nothing up. */
export interface CommentHint {
  readonly kind: 'leak' | 'broadcast-instead'
  readonly message: string
}

/** A public comment on a child, looked at before it is added. */
export interface CheckedComment {
  /** The master whose children it was checked against; null: the ticket was nobody's child. */
  readonly masterId: string | null
  /** Who it was checked for: their own name gives nothing away. */
  readonly requesterId: string | null
  readonly hints: readonly CommentHint[]
  /** Why leaks in it are none; empty where nothing was overridden. */
  readonly overrideReason: string
}

const SHOWN = 5

export const unchecked: CheckedComment = { masterId: null, requesterId: null, hints: [], overrideReason: '' }

/** Throws `refused` (`text-leaks`) for what names somebody else, unless there is a reason why it may. */
export function judgeComment(
  { masterId, requesterId }: Pick<CheckedComment, 'masterId' | 'requesterId'>,
  text: string,
  leaks: readonly Leak[],
  overrideReason: string,
): CheckedComment {
  const blocking = leaks.filter(({ common }) => !common)
  if (blocking.length > 0 && overrideReason === '')
    throw refused('text-leaks', `${told(blocking)}. Leave it out, or say in overrideReason why it may be said`, {
      field: 'text',
    })
  return {
    masterId,
    requesterId,
    hints: hintsOf(text, leaks),
    overrideReason: blocking.length > 0 ? overrideReason : '',
  }
}

function hintsOf(text: string, leaks: readonly Leak[]): CommentHint[] {
  const leak: CommentHint[] = leaks.length === 0 ? [] : [{ kind: 'leak', message: told(leaks) }]
  if (!speaksToAll(text)) return leak
  const message = 'it seems to speak to all customers of the master: a broadcast reaches each of them'
  return [...leak, { kind: 'broadcast-instead', message }]
}

function told(leaks: readonly Leak[]): string {
  const sentences = new Set(leaks.map(leakSentence))
  const more = sentences.size - SHOWN
  return [...sentences].slice(0, SHOWN).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const TO_ALL =
  /\b(?:dear (?:all|customers|users)|hello (?:all|everyone|everybody)|hi (?:all|everyone|everybody)|all (?:our )?(?:customers|users)|all of you|(?:everyone|everybody) affected|all affected|an alle|alle (?:unsere )?(?:kunden|kundinnen|nutzer)|liebe (?:kunden|kundinnen))\b/i

/** Whether a text addresses many at once: forms of address in English and German, a hint and no more. */
export const speaksToAll = (text: string): boolean => TO_ALL.test(text)
