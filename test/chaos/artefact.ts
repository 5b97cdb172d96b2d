import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Verdict } from './check/check.ts'
import type { RunResult } from './run.ts'

/** What a whole invocation leaves in its folder, beside a history for each run. */
export interface Artefact {
  readonly commit: string
  readonly command: string
  readonly results: readonly RunResult[]
}

/** A run with the number of its findings in their place: what the table counts. */
export type RunFigures = Omit<RunResult, 'verdict'> & {
  readonly verdict: Omit<Verdict, 'findings'>
  readonly findings: number
}

const FILE = 'runs.json'

export const writeArtefact = (folder: string, artefact: Artefact): Promise<void> =>
  writeFile(join(folder, FILE), `${JSON.stringify(artefact, null, 1)}\n`)

export const readArtefact = async (folder: string): Promise<Artefact> =>
  JSON.parse(await readFile(join(folder, FILE), 'utf8'))
