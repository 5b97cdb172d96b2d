import { textOf } from '../read-answer.ts'
import type { World } from '../world.ts'

/** What the API said to somebody. */
export interface Said {
  readonly template: string
  readonly path: string
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** What the `{id}` of a path may stand for, by the path's first word. */
export type Known = Readonly<Record<'tickets' | 'masters' | 'operations' | 'dead-letters', readonly string[]>>

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly schema?: { readonly enum?: readonly string[] }
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>
}

/** Asks every GET route of the document, with every id and every value that a required parameter may have. */
export async function walk(world: World, token: string, known: Known): Promise<Said[]> {
  const headers = { authorization: `Bearer ${token}` }
  const said: Said[] = []
  for (const { template, path } of await readings(world, known)) {
    const response = await fetch(world.api + path, { headers, signal: AbortSignal.timeout(30_000) })
    const shown = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    said.push({ template, path, status: response.status, headers: shown, body: await textOf(response) })
  }
  return said
}

/** Every path that can be read. */
async function readings(world: World, known: Known): Promise<{ template: string; path: string }[]> {
  const { paths } = (await (await fetch(`${world.api}/openapi.json`)).json()) as Document
  return Object.entries(paths).flatMap(([template, { get }]) => {
    if (get === undefined) return []
    const filled = template.includes('{id}')
      ? idsOf(template, known).map((id) => template.replace('{id}', id))
      : [template]
    return filled.flatMap((path) =>
      queriesOf(get.parameters ?? [], known).map((query) => ({ template, path: path + query })),
    )
  })
}

function idsOf(template: string, known: Known): readonly string[] {
  const [, , kind = ''] = template.split('/')
  if (!Object.hasOwn(known, kind)) throw new Error(`the walk knows no ids for ${template}`)
  return known[kind as keyof Known]
}

/** The required parameters in all their values, pages as long as can be, and each ticket where one may be named. */
function queriesOf(parameters: readonly Parameter[], known: Known): string[] {
  const asked = parameters.filter((parameter) => parameter.in === 'query')
  const paged = asked.some(({ name }) => name === 'limit') ? ['limit=1000'] : []
  const required = asked.find((parameter) => parameter.required)
  const choices = (required?.schema?.enum ?? []).map((value) => `${required?.name}=${value}`)
  const one = asked.some(({ name }) => name === 'ticket') ? known.tickets.map((id) => `ticket=${id}`) : []
  const all = choices.length > 0 ? choices : ['', ...one]
  return all.map((choice) => `?${[...paged, choice].filter(Boolean).join('&')}`)
}
