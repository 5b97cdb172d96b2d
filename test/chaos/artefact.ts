import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { check, type Verdict } from './check/check.ts'
import { readHistory } from './history.ts'
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

/** An earlier invocation, its histories held against the promises again: by the checker as it is now. */
export async function readArtefact(folder: string): Promise<Artefact> {
  const artefact: Artefact = JSON.parse(await readFile(join(folder, FILE), 'utf8'))
  const results = await Promise.all(artefact.results.map((result) => checkedAgain(folder, result)))
  return { ...artefact, results }
}

async function checkedAgain(folder: string, result: RunResult): Promise<RunResult> {
  if (!result.struck && result.verdict.findings.length > 0) return result // broke off: there is no end to look at
  return { ...result, verdict: check(await readHistory(join(folder, result.history))) }
}
