import { v5, v7, validate } from 'uuid'

const UMBEL_NAMESPACE = '6f0b8f0e-5f0c-5c3e-9d5b-3a1f6f7f0c11'

/** A fresh UUIDv7, rising with time. */
export const newId = (): string => v7()

/** The same parts always give the same UUIDv5; parts are joined by a byte that none of them may hold. */
export function idFrom(...parts: readonly (string | number)[]): string {
  return v5(parts.join('\u0000'), UMBEL_NAMESPACE)
}

/** A workspace's id follows from its slug: the same slug is the same workspace everywhere. */
export const workspaceIdOf = (slug: string): string => idFrom('workspace', slug)

/** RFC 9562 text form, any version. */
export const isId = (text: string): boolean => validate(text)
