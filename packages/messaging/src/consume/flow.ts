import type { DescService } from '@bufbuild/protobuf'
import type { Topic } from '@umbel/contracts'
import type { AnyHandler, Handler } from './handler.ts'

export interface ServesRow {
  readonly kind: 'serves'
  readonly service: DescService
  readonly handlers: Readonly<Record<string, unknown>>
}
export interface OnRow {
  readonly kind: 'on'
  readonly topic: Topic
  /** Consumer group and handler in one: `<service>.<file>`. */
  readonly name: string
  readonly handler: AnyHandler
}
export interface SaysRow {
  readonly kind: 'says'
  readonly topic: Topic
}
export type FlowRow = ServesRow | OnRow | SaysRow

/** What a service serves, hears and says: the first thing a reader opens. */
export type Flow = readonly FlowRow[]

export const serves = (service: DescService, handlers: object): ServesRow => ({
  kind: 'serves',
  service,
  handlers: handlers as Readonly<Record<string, unknown>>,
})

export const on = <E>(topic: Topic, name: string, handler: Handler<E>): OnRow => ({
  kind: 'on',
  topic,
  name,
  handler: handler as AnyHandler, // its events only ever meet its own functions
})

export const says = (topic: Topic): SaysRow => ({ kind: 'says', topic })

/** The rows of one kind. Throws when two rows have the same name. */
export function rowsOf<K extends FlowRow['kind']>(flow: Flow, kind: K): Extract<FlowRow, { kind: K }>[] {
  const names = flow.map(nameOf)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`the flow says ${twice} twice`)
  return flow.filter((row): row is Extract<FlowRow, { kind: K }> => row.kind === kind)
}

function nameOf(row: FlowRow): string {
  switch (row.kind) {
    case 'serves':
      return `serves ${row.service.typeName}`
    case 'on':
      return `on ${row.name}`
    case 'says':
      return `says ${row.topic.name}`
  }
}
