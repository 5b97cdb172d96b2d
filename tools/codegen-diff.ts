/** Remakes the generated code elsewhere and compares it with what is committed. Exit code 1 when they differ. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GEN = 'packages/contracts/src/gen'
const elsewhere = mkdtempSync(join(tmpdir(), 'umbel-codegen-'))

const filesOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  )

try {
  const made = spawnSync('buf', ['generate', '--output', elsewhere], { stdio: 'inherit' })
  if (made.status !== 0) throw new Error('buf generate failed')
  const fresh = filesOf(join(elsewhere, GEN))
  const committed = filesOf(GEN)
  const differing = [...new Set([...fresh.keys(), ...committed.keys()])].filter(
    (file) => fresh.get(file) !== committed.get(file),
  )
  for (const file of differing) process.stdout.write(`${GEN}/${file} is not what the protos say: run pnpm codegen\n`)
  process.exitCode = differing.length === 0 ? 0 : 1
} finally {
  rmSync(elsewhere, { recursive: true, force: true })
}
