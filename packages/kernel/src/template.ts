import { invalid } from './errors.ts'

/** What a text for customers may name: things of the ticket that receives it, its agent and its workspace. */
export const templateVariables = [
  'requester.name',
  'requester.first_name',
  'customer.name',
  'project.name',
  'ticket.number',
  'ticket.subject',
  'agent.name',
  'workspace.name',
] as const
export type TemplateVariable = (typeof templateVariables)[number]

/** The values that variables have for one ticket; a missing or blank one is empty. */
export type TemplateValues = Readonly<Partial<Record<string, string>>>

type Part = string | { readonly variable: TemplateVariable; readonly fallback: string }

/** A text with its variables found: `{{requester.first_name | there}}`, where `there` stands in for an empty value. */
export interface Template {
  readonly parts: readonly Part[]
}

const BRACES = /\{\{([^{}]*)\}\}/g
const MAX_VALUE = 200
// control characters, line ends and everything that turns the direction of what follows
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/**
 * Reads a text with variables.
 *
 * @throws `template-malformed` where braces do not match, `variable-unknown` where no ticket has such a thing.
 */
export function parseTemplate(text: string, field = 'text'): Template {
  const parts: Part[] = []
  let read = 0
  for (const found of text.matchAll(BRACES)) {
    const [whole, inner = ''] = found
    pushText(parts, text.slice(read, found.index), field)
    parts.push(toVariable(inner, field))
    read = found.index + whole.length
  }
  pushText(parts, text.slice(read), field)
  return { parts }
}

function pushText(parts: Part[], text: string, field: string): void {
  if (text.includes('{{') || text.includes('}}'))
    throw invalid('template-malformed', 'a variable is written {{name}} or {{name | fallback}}', { field })
  if (text !== '') parts.push(text)
}

function toVariable(inner: string, field: string): Part {
  const [name = '', ...rest] = inner.split('|')
  const variable = templateVariables.find((known) => known === name.trim())
  if (variable === undefined) throw invalid('variable-unknown', `no such variable: ${name.trim()}`, { field })
  return { variable, fallback: rest.join('|').trim() }
}

/** The variables that a text names, each once. */
export const variablesOf = ({ parts }: Template): TemplateVariable[] => [
  ...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]))),
]

/** Variables that have neither a value nor a fallback: the text cannot be said with these values. */
export const emptyVariables = ({ parts }: Template, values: TemplateValues): TemplateVariable[] => [
  ...new Set(
    parts.flatMap((part) =>
      typeof part === 'string' || part.fallback !== '' || tamed(values[part.variable]) !== '' ? [] : [part.variable],
    ),
  ),
]

/** The text as one ticket's customer reads it. Values are put in as they are: braces inside them stay braces. */
export const renderTemplate = ({ parts }: Template, values: TemplateValues): string =>
  parts.map((part) => (typeof part === 'string' ? part : tamed(values[part.variable]) || part.fallback)).join('')

/** The text without its variables: what is the same for everybody who gets it. */
export const fixedText = ({ parts }: Template): string =>
  parts.map((part) => (typeof part === 'string' ? part : ` ${part.fallback} `)).join('')

/** A value comes from people outside: one line, of a bounded length, that turns no direction. */
const tamed = (value: string | undefined): string => (value ?? '').replace(UNFIT, ' ').trim().slice(0, MAX_VALUE)
