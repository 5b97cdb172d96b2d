import { refused } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { type Api, collect } from '../api.ts'
import { UsageError } from '../exit.ts'
import type { OperationJson } from '../shapes.ts'

// fewer would match what nobody meant, and none would match everything
const LEAST = 8

/** The id of the operation that is named by its id, or by at least the first eight characters of it. */
export async function findOperation(api: Api, name: string): Promise<string> {
  if (isId(name)) return name
  if (name.length < LEAST)
    throw new UsageError(`"${name}" names no operation: give its id, or its first ${LEAST} characters`)
  const all = await collect(api.all<OperationJson>('/v1/operations'))
  const [found, ...others] = all.filter(({ id }) => id.startsWith(name.toLowerCase()))
  if (found === undefined) throw refused('not-found', `no operation begins with ${name}`)
  if (others.length > 0)
    throw refused('ambiguous', `${others.length + 1} operations begin with ${name}: umbel operations lists them`)
  return found.id
}
