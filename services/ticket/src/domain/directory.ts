import { checkWord } from './text.ts'
import type { Cause } from './words.ts'

export type DirectoryKind = 'agent' | 'group' | 'requester' | 'customer' | 'project'
export type AgentRole = 'admin' | 'agent' | 'light_agent'

interface Named {
  readonly id: string
  readonly name: string
}
export interface Agent extends Named {
  readonly email: string | null
  readonly role: AgentRole
}
export interface Group extends Named {
  readonly private: boolean
}
export interface Requester extends Named {
  readonly email: string | null
  readonly customerId: string | null
  /** The language to write to them in, as a BCP 47 tag; null: unknown. */
  readonly locale: string | null
}
export type Customer = Named
export type Project = Named

export interface Entries {
  readonly agent: Agent
  readonly group: Group
  readonly requester: Requester
  readonly customer: Customer
  readonly project: Project
}

/** One entry of the directory was made or changed. */
export interface DirectoryChange {
  readonly kind: DirectoryKind
  readonly id: string
  readonly version: number
  readonly name: string
  readonly private: boolean
  /** Of requesters and agents. */
  readonly email: string | null
  /** Of requesters. */
  readonly customerId: string | null
  readonly cause: Cause
  readonly recordedAt: number
}

/** The entry with its name checked. */
export const checkEntry = <E extends Named>(entry: E, kind: DirectoryKind): E => ({
  ...entry,
  name: checkWord(entry.name, `${kind}.name`),
})
