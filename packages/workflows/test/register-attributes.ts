import { SearchAttributeType } from '@temporalio/common'
import type { openTemporal } from '@umbel/test-kit'
import { attributes } from '../src/client.ts'

type Connection = Awaited<ReturnType<typeof openTemporal>>['connection']

const wireType = (type: SearchAttributeType) => (type === SearchAttributeType.INT ? 3 : 2) // else a keyword

/** What the worker of services/operation does when it starts: adds only what the server does not know yet. */
export async function registerAttributes({ operatorService }: Connection): Promise<void> {
  const namespace = 'default'
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
  const missing = Object.values(attributes).filter(({ name }) => customAttributes[name] === undefined)
  if (missing.length === 0) return
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, wireType(type)]))
  await operatorService.addSearchAttributes({ namespace, searchAttributes })
}
