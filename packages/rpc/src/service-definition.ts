import { type DescMethod, type DescService, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { invalid } from '@umbel/kernel'

const wire = (method: DescMethod) => ({
  path: `/${method.parent.typeName}/${method.name}`,
  requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
  responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
  requestSerialize: (message: Message) => Buffer.from(toBinary(method.input, message)),
  responseSerialize: (message: Message) => Buffer.from(toBinary(method.output, message)),
  responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
})

/** What grpc-js needs to call a method, from the descriptor that the contract is generated from. */
export const calledMethod = (method: DescMethod): MethodDefinition<Message, Message> => ({
  ...wire(method),
  requestDeserialize: (bytes) => decodeRequest(method, bytes),
})

/**
 * What grpc-js needs to serve a service. Requests stay bytes until our own code decodes them: an error thrown inside
 * grpc-js would be told as its own, not as the caller's.
 */
export const servedService = (service: DescService): ServiceDefinition =>
  Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      { ...wire(method), requestDeserialize: (bytes: Buffer) => bytes },
    ]),
  )

/** Throws `invalid` (`undecodable`) for bytes that are no such message. */
export function decodeRequest(method: DescMethod, bytes: Uint8Array): Message {
  try {
    return fromBinary(method.input, bytes)
  } catch (cause) {
    throw invalid('undecodable', `the request is no ${method.input.typeName}`, { cause })
  }
}
