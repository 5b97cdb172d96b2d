import { isUmbelError } from '@umbel/kernel'
import type { Api } from './api.ts'

/** What an agent is called; the id where the directory does not say. */
export type NameOf = (id: string) => string

/** The names of these agents, where they can be had: what was done is told also without. */
export async function namesOf(api: Api, ids: readonly (string | null)[]): Promise<NameOf> {
  const wanted = new Set(ids.filter((id) => id !== null))
  const names = wanted.size === 0 ? new Map<string, string>() : await readNames(api)
  return (id) => names.get(id) ?? id
}

async function readNames(api: Api): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  try {
    for await (const { id, name } of api.all<{ id: string; name: string }>('/v1/directory/agents')) names.set(id, name)
  } catch (thrown) {
    if (!isUmbelError(thrown)) throw thrown
  }
  return names
}
