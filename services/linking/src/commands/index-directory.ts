import type { Scope } from '@umbel/messaging'
import type { DirectoryEntry } from '../domain/directory-entry.ts'
import { addressPhrases, customerPhrases, personPhrases } from '../domain/phrases/phrases.ts'
import { type PhraseOwner, replacePhrases } from '../store/leak-phrases.ts'

/** Keeps the phrases that name requesters and customers. An event tells the whole entry, so the last one of each counts. */
export const indexDirectory = async (unit: Required<Scope>, entries: readonly DirectoryEntry[]): Promise<void> => {
  const latest = new Map(entries.map((entry) => [entry.id, entry]))
  await replacePhrases(unit, [...latest.values()].map(toOwner))
}

const toOwner = ({ kind, id, name, email }: DirectoryEntry): PhraseOwner => ({
  ownerId: id,
  phrases: kind === 'customer' ? customerPhrases(name) : [...personPhrases(name), ...addressPhrases(email)],
})
