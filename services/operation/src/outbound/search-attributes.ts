import { Connection } from '@temporalio/client'
import { SearchAttributeType } from '@temporalio/common'
import proto from '@temporalio/proto'
import { attributes } from '@umbel/workflows/client'

const { IndexedValueType } = proto.temporal.api.enums.v1

const wireType = (type: SearchAttributeType) =>
  type === SearchAttributeType.INT
    ? IndexedValueType.INDEXED_VALUE_TYPE_INT
    : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD

/** Makes known to the server what operations can be found by; adds only what is missing. */
export async function registerAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
  const missing = Object.values(attributes).filter(({ name }) => customAttributes[name] === undefined)
  if (missing.length === 0) return
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, wireType(type)]))
  await operatorService.addSearchAttributes({ namespace, searchAttributes })
}

/** The same over a connection of its own, for whoever has no client. */
export async function openAttributes(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address })
  try {
    await registerAttributes(connection, namespace)
  } finally {
    await connection.close()
  }
}
