import { invalid } from './errors.ts'

const CONTROL = /\p{Cc}/u
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u
// embeddings, overrides and isolates: they make a line read as something else than it says
const OVERRIDE = /[\u202a-\u202e\u2066-\u2069]/
const OVERRIDES = new RegExp(OVERRIDE, 'g')

/** A text may hold lines and tabs, and no other control character, and reads in the direction it was written. */
export function refuseUnsafeText(text: string, field: string): void {
  if (CONTROL_BUT_LINES.test(text)) throw controlCharacter(field)
  refuseOverride(text, field)
}

/** The same of one line, which holds no control character at all. */
export function refuseUnsafeLine(line: string, field: string): void {
  refuseControl(line, field)
  refuseOverride(line, field)
}

/** Throws `invalid` (`control-character`). */
export function refuseControl(word: string, field: string): void {
  if (CONTROL.test(word)) throw controlCharacter(field)
}

/** The text as mail and sources get it in: what people may not write is left out, for nobody could be told. */
export const withoutOverrides = (text: string): string => text.replace(OVERRIDES, '')

function refuseOverride(text: string, field: string): void {
  if (OVERRIDE.test(text)) throw invalid('bidi-override', `${field} turns the direction of its text`, { field })
}

const controlCharacter = (field: string) =>
  invalid('control-character', `${field} holds a control character`, { field })
