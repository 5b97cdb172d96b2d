import { type Template, variablesOf } from '@umbel/kernel/template'
import { catchUpText } from './catch-up.ts'
import type { PlannedChild, TextFor } from './decide-item.ts'
import { type Body, chooseText, toBody } from './texts.ts'

/** The texts of an operation, and which of them a child gets. */
export interface Texts {
  readonly textFor: TextFor
  /** In the order of their numbers. */
  bodies(): readonly Body[]
}

/** One text for each language that has its own. */
export function fixedTexts(bodies: readonly Body[]): Texts {
  const byLocale = new Map<string, Body | undefined>()
  const choose = (locale: string) => {
    if (!byLocale.has(locale)) byLocale.set(locale, chooseText(bodies, locale))
    return byLocale.get(locale)
  }
  return {
    textFor: ({ ticket }: PlannedChild) => (bodies.length === 0 ? 'none' : choose(ticket?.locale ?? '')),
    bodies: () => bodies,
  }
}

/** One text for each set of broadcasts that somebody missed: stored once, however many missed the same. */
export function catchUpTexts(howMuch: 'last' | 'all'): Texts {
  const known = new Map<string, Body>()
  const bodies: Body[] = []
  return {
    textFor({ ticket, missed = [] }) {
      const text = catchUpText(missed, howMuch, ticket?.locale ?? '')
      if (text === '') return undefined
      const seen = known.get(text)
      if (seen) return seen
      const body = toBody({ locale: '', text }, bodies.length + 1, 'text')
      known.set(text, body)
      bodies.push(body)
      return body
    },
    bodies: () => bodies,
  }
}

/** All variables that these texts name. */
export const variablesIn = (bodies: readonly { readonly template: Template }[]): string[] => [
  ...new Set(bodies.flatMap(({ template }) => variablesOf(template))),
]
