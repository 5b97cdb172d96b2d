import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unavailable } from '@umbel/kernel'
import { cacheFolder } from './config.ts'
import { fillOnce } from './keep.ts'
import { onPath, run } from './run.ts'

const RECIPE = fileURLToPath(new URL('../../kafka/', import.meta.url))
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies'
const MISSING = 'Kafka needs Java 17 and Maven: install both, or set KAFKA_BROKERS, or use docker compose.'

/** The folder of Kafka's jars: fetched by Maven once, and held against the pinned checksums at each start. */
export async function kafkaJars(): Promise<string> {
  const pins = parsePins(await readFile(join(RECIPE, 'libs.sha256'), 'utf8'))
  if (!(await hasJava())) throw unavailable('no-java', MISSING)
  const folder = join(cacheFolder(), `kafka-${fingerprint(pins)}`)
  await fillOnce(folder, (fresh) => fetchJars(fresh, pins))
  await verify(folder, pins)
  return folder
}

/** `checksum  name` on each line, as sha256sum prints it. */
export function parsePins(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
}

/** Java 17 or newer; `--version` itself is younger than Java 8. */
async function hasJava(): Promise<boolean> {
  if (!(await onPath('java'))) return false
  const version = await run('java', ['--version']).catch(() => '')
  return Number(/\d+/.exec(version)?.[0] ?? 0) >= 17
}

async function fetchJars(fresh: string, pins: ReadonlyMap<string, string>): Promise<void> {
  if (!(await onPath('mvn'))) throw unavailable('no-maven', MISSING)
  await copyFile(join(RECIPE, 'pom.xml'), join(fresh, 'pom.xml'))
  await run('mvn', ['-q', '-B', COPY, `-DoutputDirectory=${fresh}`], { cwd: fresh })
  await verify(fresh, pins)
}

async function verify(folder: string, pins: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, pin] of pins) {
    const found = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
    if (found === pin) continue
    const sentence = `${join(folder, name)} is not the jar that is pinned: remove ${folder}, or set KAFKA_BROKERS.`
    throw unavailable('jar-differs', sentence)
  }
}

const fingerprint = (pins: ReadonlyMap<string, string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...pins]))
    .digest('hex')
    .slice(0, 12)
