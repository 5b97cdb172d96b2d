import { type Given, type Invocation, type OptionTable, text } from '../command.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../parse.ts'
import { readText } from './read-text.ts'

/** What can be done over a master's children, as the command line says it. */
export const verbs = [
  'broadcast',
  'close',
  'note',
  'set-status',
  'set-priority',
  'assign',
  'labels',
  'catch-up',
] as const
export type Verb = (typeof verbs)[number]

export const isVerb = (word: string): word is Verb => verbs.some((verb) => verb === word)
export const kindOf = (verb: Verb): string => verb.replaceAll('-', '_')

const word = { type: 'string' } as const
const flag = { type: 'boolean' } as const
export const planOptions = {
  file: word,
  text: word,
  variants: word,
  ids: word,
  status: word,
  label: word,
  customer: word,
  project: word,
  sla: word,
  assignee: word,
  group: word,
  add: word,
  remove: word,
  'include-replied': flag,
  'confirm-days': word,
  hold: word,
  rate: word,
  override: word,
} as const satisfies OptionTable

/** The options of a line, and where its files are. */
type Line = Pick<Invocation, 'given' | 'fileAt'>

/** The body of the plan that this line asks for; `value` is what the verb takes itself, such as a status. */
export async function planBody(verb: Verb, value: string | undefined, line: Line): Promise<object> {
  const { given } = line
  return defined({
    kind: kindOf(verb),
    target: targetOf(given),
    text: await wordsOf(line),
    variants: await variantsOf(line),
    ...(await doneBy(verb, value, given)),
    holdSeconds: wholeNumber('hold', text(given, 'hold')),
    rate: wholeNumber('rate', text(given, 'rate')),
    overrideReason: reasonOf(text(given, 'override')),
  })
}

function reasonOf(reason: string | undefined): string | undefined {
  if (reason?.trim() === '') throw new UsageError('--override takes the reason why, which is kept with your name')
  return reason
}

/** What the kind itself does, and what it cannot do without. */
async function doneBy(verb: Verb, value: string | undefined, given: Given): Promise<object> {
  const needed = (what: string): string => {
    if (value === undefined) throw new UsageError(`umbel master N ${verb} ${what}`)
    return value
  }
  if (value !== undefined && !TAKES_VALUE.has(verb)) throw new UsageError(`${verb} takes no ${value}`)
  switch (verb) {
    case 'set-status':
      return { status: needed('STATUS') }
    case 'set-priority':
      return { priority: needed('PRIORITY') }
    case 'catch-up':
      return { missed: needed('last|all') }
    case 'assign':
      return someOf(verb, { assignee: orNobody(text(given, 'assignee')), group: orNobody(text(given, 'group')) })
    case 'labels':
      return someOf(verb, { addLabels: list(text(given, 'add')), removeLabels: list(text(given, 'remove')) })
    case 'close': {
      const days = wholeNumber('confirm-days', text(given, 'confirm-days'))
      return { includeReplied: given['include-replied'] === true || undefined, confirmToCloseDays: days }
    }
    case 'broadcast':
    case 'note':
      if (text(given, 'file') === undefined && text(given, 'text') === undefined)
        throw new UsageError(`a ${verb} needs its text: --file FILE or --text TEXT`)
      return {}
  }
}

const TAKES_VALUE: ReadonlySet<Verb> = new Set(['set-status', 'set-priority', 'catch-up'])

function someOf(verb: Verb, change: Readonly<Record<string, unknown>>): object {
  if (Object.values(change).every((value) => value === undefined))
    throw new UsageError(
      verb === 'assign' ? 'assign takes --assignee or --group, an id or none' : 'labels takes --add A,B or --remove C',
    )
  return change
}

const orNobody = (id: string | undefined) => (id === 'none' ? null : id)
const list = (words: string | undefined) => words?.split(',')

function targetOf(given: Given): unknown {
  const ids = list(text(given, 'ids'))
  const filter = defined(
    Object.fromEntries(
      ['status', 'label', 'customer', 'project', 'sla'].map((name) => [name, list(text(given, name))]),
    ),
  )
  const filtered = Object.keys(filter).length > 0
  if (ids !== undefined && filtered) throw new UsageError('give either --ids or a filter')
  if (ids !== undefined) return { ids }
  return filtered ? { filter } : 'all'
}

/** The text of `--text`, or of the file. */
export async function wordsOf({ given, fileAt }: Line): Promise<string | undefined> {
  const [words, file] = [text(given, 'text'), text(given, 'file')]
  if (words !== undefined && file !== undefined) throw new UsageError('give either --text or --file')
  return file === undefined ? words : readText(fileAt(file))
}

/** `de=FILE,fr=FILE` */
async function variantsOf({ given, fileAt }: Line) {
  const named = list(text(given, 'variants'))?.map((part) => part.split('='))
  if (named === undefined) return undefined
  return Promise.all(
    named.map(async ([locale = '', file = '']) => {
      if (locale === '' || file === '') throw new UsageError('--variants takes de=FILE,fr=FILE')
      return { locale, text: await readText(fileAt(file)) }
    }),
  )
}

const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
