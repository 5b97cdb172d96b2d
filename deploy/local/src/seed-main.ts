// Process edge of the seed: `seed-main.ts <api> <issuer>` makes the demo workspace on a stack that runs elsewhere.
import { seed } from './seed.ts'

const [api, issuer] = process.argv.slice(2)
if (api === undefined || issuer === undefined) throw new Error('usage: seed-main.ts <api> <issuer>')
await seed(api, issuer)
