import type { TemplateVariable } from '@umbel/kernel/template'
import type { Ticket } from './ticket.ts'

/** How what a ticket refers to is called; an empty name: there is none. */
export interface Names {
  readonly requester: string
  readonly customer: string
  readonly project: string
  readonly agent: string
  readonly workspace: string
}

/** Whose names these variables need. */
export const calledBy = (variables: readonly TemplateVariable[]) => ({
  requester: variables.some((variable) => variable.startsWith('requester.')),
  customer: variables.includes('customer.name'),
  project: variables.includes('project.name'),
  workspace: variables.includes('workspace.name'),
})

/** The raw values of these variables for one ticket, from nothing but what is the ticket's own. */
export const valuesFor = (
  variables: readonly TemplateVariable[],
  ticket: Ticket,
  names: Names,
): Record<string, string> =>
  Object.fromEntries(variables.map((variable) => [variable, valueFor(variable, ticket, names)]))

function valueFor(variable: TemplateVariable, { number, subject }: Ticket, names: Names): string {
  switch (variable) {
    case 'requester.name':
      return names.requester
    case 'requester.first_name':
      return firstName(names.requester)
    case 'customer.name':
      return names.customer
    case 'project.name':
      return names.project
    case 'agent.name':
      return names.agent
    case 'workspace.name':
      return names.workspace
    case 'ticket.number':
      return String(number)
    case 'ticket.subject':
      return subject
  }
}

/** `Ada` of `Ada Lovelace` and of `Lovelace, Ada`; an address is nobody's first name. */
export function firstName(name: string): string {
  if (name.includes('@')) return ''
  const [last = '', given] = name.split(',')
  return (given?.trim() || last).trim().split(/\s+/)[0] ?? ''
}
