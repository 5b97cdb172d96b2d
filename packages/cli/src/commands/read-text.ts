import { readFile } from 'node:fs/promises'
import { UsageError, unreadable } from '../exit.ts'

/** What customers will read, from a file; in another encoding they would read other letters, so it has to be UTF-8. */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${file} is not UTF-8`)
  }
}
