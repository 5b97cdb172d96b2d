import { invalid, refuseControl, refuseUnsafeLine, refuseUnsafeText } from '@umbel/kernel'

const MAX_TEXT_BYTES = 65_536
const MAX_SUBJECT_LENGTH = 500
const MAX_WORD_LENGTH = 255
const MAX_LABELS = 100
const MAX_FIELDS = 200
const MAX_FIELDS_BYTES = 262_144
const bytes = new TextEncoder()

/** A comment's text: up to 65,536 bytes, lines and tabs allowed, never blank, in the direction it was written. */
export function checkText(text: string, field: string): string {
  if (text.trim() === '') throw invalid('text-empty', `${field} is empty`, { field })
  if (text.length > MAX_TEXT_BYTES || bytes.encode(text).length > MAX_TEXT_BYTES)
    throw invalid('text-too-long', `${field} is longer than ${MAX_TEXT_BYTES} bytes`, { field })
  refuseUnsafeText(text, field)
  return text
}

/** One line, never blank: it becomes a mail header. */
export function checkSubject(subject: string, field = 'subject'): string {
  const trimmed = subject.trim()
  if (trimmed === '') throw invalid('subject-empty', `${field} is empty`, { field })
  if (trimmed.length > MAX_SUBJECT_LENGTH)
    throw invalid('subject-too-long', `${field} is longer than ${MAX_SUBJECT_LENGTH} characters`, { field })
  refuseUnsafeLine(trimmed, field)
  return trimmed
}

/** A name, a label, a field's name: one short line, never blank. */
export function checkWord(word: string, field: string): string {
  const trimmed = word.trim()
  if (trimmed === '') throw invalid('value-empty', `${field} is empty`, { field })
  if (trimmed.length > MAX_WORD_LENGTH)
    throw invalid('value-too-long', `${field} is longer than ${MAX_WORD_LENGTH} characters`, { field })
  refuseControl(trimmed, field)
  return trimmed
}

/** Labels without repeats, in the order given. */
export function checkLabels(labels: readonly string[], field = 'labels'): string[] {
  const known = new Set(labels.map((label, at) => checkWord(label, `${field}[${at}]`)))
  if (known.size > MAX_LABELS) throw invalid('too-many-labels', `${field} holds more than ${MAX_LABELS}`, { field })
  return [...known]
}

/** All labels go along in each of a ticket's events, and Kafka takes none of any size. */
export function refuseManyLabels(count: number): void {
  if (count > MAX_LABELS)
    throw invalid('too-many-labels', `a ticket has at most ${MAX_LABELS} labels`, { field: 'add_labels' })
}

/** Form fields by name; an empty value clears. */
export function checkFields(fields: Readonly<Record<string, string>>, field = 'fields'): Record<string, string> {
  const names = Object.keys(fields)
  if (names.length > MAX_FIELDS) throw invalid('too-many-fields', `${field} holds more than ${MAX_FIELDS}`, { field })
  for (const name of names) {
    checkWord(name, `${field}.${name}`)
    if (fields[name]) checkText(fields[name], `${field}.${name}`)
  }
  return { ...fields }
}

/** All form fields of a ticket together: they are read whole with it, and many tickets at once. */
export function refuseLargeFields(fields: Readonly<Record<string, string>>): void {
  const size = Object.entries(fields).reduce((sum, [name, value]) => sum + sizeOf(name) + sizeOf(value), 0)
  if (size > MAX_FIELDS_BYTES)
    throw invalid('fields-too-large', `fields together are larger than ${MAX_FIELDS_BYTES} bytes`, { field: 'fields' })
}

const sizeOf = (text: string): number => bytes.encode(text).length
