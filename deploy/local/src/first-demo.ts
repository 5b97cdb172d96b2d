import { existsSync, writeFileSync } from 'node:fs'
import { playDemo } from './play-demo.ts'
import type { Settings } from './settings.ts'

/** How the first demo ended; `known`: it was played before. */
export type FirstDemo = 'played' | 'known' | 'failed'

/** Plays the login outage when it was never played. One that fails says why, and is played again at the next start. */
export async function playFirstDemo(settings: Settings, say: (line: string) => void): Promise<FirstDemo> {
  if (existsSync(settings.playedFile)) return 'known'
  say('Playing the login outage …')
  const why = await playDemo(settings).then((code) => (code === 0 ? '' : `exit code ${code}, see above`), String)
  if (why !== '') {
    say(`The demo failed: ${why}. The services stay up; npm run demo plays it again.`)
    return 'failed'
  }
  writeFileSync(settings.playedFile, new Date().toISOString())
  return 'played'
}
