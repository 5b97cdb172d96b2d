/** One example of a page: a command line, or a request. */
export type Example =
  | { readonly kind: 'command'; readonly line: string; readonly refused: boolean; readonly keep: Keep }
  | {
      readonly kind: 'request'
      readonly method: string
      readonly path: string
      readonly body: string
      readonly keep: Keep
    }
  | { readonly kind: 'file'; readonly name: string; readonly text: string }

/** Variables that later examples use, and where they stand in this one's answer: `OPERATION` → `operation.id`. */
export type Keep = Readonly<Record<string, string>>

const BLOCK = /^```(\w+)([^\n]*)\n([\s\S]*?)^```\n(?:\n?<!-- keep: (.*?) -->)?/gm

/**
 * The examples of a page, in order. Blocks `sh` hold command lines, one to a line (`sh refused`: they are refused);
 * `http` one request with its JSON body; `text NAME` a file. `<!-- keep: NAME=path.in.answer -->` after a block keeps
 * values of its last answer.
 */
export function examplesIn(page: string): Example[] {
  return [...page.matchAll(BLOCK)].flatMap(([, language, about = '', content = '', kept = '']): Example[] => {
    const keep = Object.fromEntries(
      kept
        .split(' ')
        .filter(Boolean)
        .map((each) => each.split('=') as [string, string]),
    )
    if (language === 'text' && about.trim() !== '') return [{ kind: 'file', name: about.trim(), text: content }]
    if (language === 'http') return [requestIn(content, keep)]
    return language === 'sh' ? commandsIn(content, about.trim() === 'refused', keep) : []
  })
}

function requestIn(content: string, keep: Keep): Example {
  const [head = '', ...rest] = content.split('\n')
  const [method = '', path = ''] = head.split(' ')
  return { kind: 'request', method, path, body: rest.join('\n').trim(), keep }
}

function commandsIn(content: string, refused: boolean, keep: Keep): Example[] {
  const lines = content
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line, at) => ({ kind: 'command', line, refused, keep: at === lines.length - 1 ? keep : {} }))
}

/** A command line's words as a shell would part them: quotes hold together, `$NAME` is a kept value. */
export function wordsOf(line: string, kept: ReadonlyMap<string, string>): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) =>
    single === undefined ? filledIn(double ?? bare ?? '', kept) : single,
  )
}

/** The text with every `$NAME` replaced; a name that nothing kept is a fault of the page. */
export const filledIn = (text: string, kept: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$([A-Z_]+)/g, (_, name: string) => {
    const value = kept.get(name)
    if (value === undefined) throw new Error(`nothing on the page keeps $${name}`)
    return value
  })

/** The value at a dotted path of an answer, as text. */
export function valueAt(answer: unknown, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], answer)
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`the answer has nothing at ${path}`)
  return String(value)
}
