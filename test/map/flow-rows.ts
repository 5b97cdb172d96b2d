import { readText, services } from './config-variables.ts'

/** The rows of one service's flow.ts, as they are written: a service is never imported from here. */
export interface FlowRows {
  readonly service: string
  /** Names of service descriptors: `TicketService`. */
  readonly serves: readonly string[]
  readonly hears: readonly { readonly topic: string; readonly name: string }[]
  /** As written: `topics.ticket.events`. */
  readonly says: readonly string[]
}

const SERVES = /\bserves\((\w+),/g
const HEARS = /\bon\((topics\.\w+\.\w+), '([^']+)',/g
const SAYS = /\bsays\((topics\.\w+\.\w+)\)/g

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found)

/** Throws when a call of serves, on or says is written in a way that would escape the patterns. */
export function flowOf(service: string): FlowRows {
  const text = readText(`services/${service}/src/flow.ts`)
  const hears = [...text.matchAll(HEARS)].map(([, topic = '', name = '']) => ({ topic, name }))
  const rows = { service, serves: all(text, SERVES), hears, says: all(text, SAYS) }
  const calls = text.match(/\b(?:serves|on|says)\(/g)?.length ?? 0
  const read = rows.serves.length + rows.hears.length + rows.says.length
  if (calls !== read) throw new Error(`services/${service}/src/flow.ts: ${calls} rows, of which ${read} are understood`)
  return rows
}

export const flows: readonly FlowRows[] = services.map(flowOf)
