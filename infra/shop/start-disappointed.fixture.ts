/** The launcher with one story, and a wrong idea of how it ends: node infra/shop/start-disappointed.fixture.ts <data folder> */
import { launch } from './launcher.ts'
import { type Story, stories } from './stories.ts'

const disappointed = ({ what, tell }: Story): Story => ({
  what,
  tell: async stage => (await tell(stage)).map(ending => ({ ...ending, status: 'CANCELLED' })),
})

await launch({ dataFolder: process.argv[2]!, stories: stories.slice(0, 1).map(disappointed), stays: false })
