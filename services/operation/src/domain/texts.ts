import { invalid, refuseUnsafeText } from '@umbel/kernel'
import { parseTemplate, type Template } from '@umbel/kernel/template'
import type { Change, OperationKind, TextVariant } from './operation.ts'

const MAX_TEXT_BYTES = 65_536
/** All texts of one operation together: each is looked through for what it gives away. */
const MAX_ALL_CHARACTERS = 200_000
const MAX_VARIANTS = 50
const LOCALE = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i
const bytes = new TextEncoder()

/** One text of an operation, by its number: 1 is for everybody who has no variant of their own. */
export interface Body {
  readonly seq: number
  readonly locale: string
  readonly text: string
  readonly template: Template
}

const speaking: readonly OperationKind[] = ['broadcast', 'close', 'note']

const readers: Record<OperationKind, 'customers' | 'customers-if-said' | 'nobody-outside'> = {
  broadcast: 'customers',
  catch_up: 'customers',
  close: 'customers-if-said',
  note: 'nobody-outside',
  set_status: 'nobody-outside',
  assign: 'nobody-outside',
  labels: 'nobody-outside',
  set_priority: 'nobody-outside',
  sync: 'nobody-outside',
  undo: 'nobody-outside',
}

/** Whether customers read what the operation says. */
export const customersRead = (kind: OperationKind, said: boolean): boolean =>
  readers[kind] === 'customers' || (readers[kind] === 'customers-if-said' && said)

/** The texts of an operation, checked: the default first, then its variants; none where nothing is said. */
export function checkTexts(
  kind: OperationKind,
  change: Change,
  text: string,
  variants: readonly TextVariant[],
): readonly Body[] {
  if (text.trim() === '' && variants.length === 0) {
    if (needsText(kind, change)) throw invalid('text-missing', `a ${kind} needs a text`, { field: 'text' })
    return []
  }
  if (!speaking.includes(kind)) throw invalid('text-unexpected', `a ${kind} says nothing`, { field: 'text' })
  checkVariants(variants)
  if (variants.reduce((sum, each) => sum + each.text.length, text.length) > MAX_ALL_CHARACTERS)
    throw invalid('text-too-long', `all texts together have ${MAX_ALL_CHARACTERS} characters at most`, {
      field: 'variants',
    })
  return [{ locale: '', text }, ...variants].map((each, at) => toBody(each, at + 1, fieldOf(at + 1)))
}

const needsText = (kind: OperationKind, change: Change): boolean =>
  kind === 'broadcast' || kind === 'note' || (kind === 'close' && change.confirmToCloseDays > 0)

/** What a text's field is called when people are told about it. */
export const fieldOf = (seq: number): string => (seq === 1 ? 'text' : `variants[${seq - 2}].text`)

/** A text that is fit to be sent, with its variables found. */
export function toBody({ locale, text }: TextVariant, seq: number, field: string): Body {
  if (text.trim() === '') throw invalid('text-missing', `${field} is empty`, { field })
  if (text.length > MAX_TEXT_BYTES || bytes.encode(text).length > MAX_TEXT_BYTES)
    throw invalid('text-too-long', `${field} is longer than ${MAX_TEXT_BYTES} bytes`, { field })
  refuseUnsafeText(text, field)
  return { seq, locale, text, template: parseTemplate(text, field) }
}

function checkVariants(variants: readonly TextVariant[]): void {
  const field = 'variants'
  if (variants.length > MAX_VARIANTS)
    throw invalid('too-many-variants', `a text has ${MAX_VARIANTS} variants at most`, { field })
  variants.forEach(({ locale }, at) => {
    const own = `variants[${at}].locale`
    if (!LOCALE.test(locale)) throw invalid('locale-malformed', `${own} is no language tag`, { field: own })
  })
  if (new Set(variants.map(({ locale }) => locale.toLowerCase())).size < variants.length)
    throw invalid('locale-repeated', 'a language has two variants', { field })
}

/** The text for a reader of this locale: its exact tag, then its language, then the default. */
export function chooseText<T extends TextVariant>(texts: readonly T[], locale: string): T | undefined {
  const tag = locale.toLowerCase()
  const by = (wanted: string) => texts.find((each) => each.locale.toLowerCase() === wanted)
  return by(tag) ?? by(tag.split('-')[0] ?? '') ?? by('')
}
