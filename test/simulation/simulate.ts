/**
 * The shop under every bad schedule that a seed brings, in one process and in virtual time.
 *
 *   npm run simulate -- [--seed N | --seeds A..B] [--sagas 12] [--rate throws=0.2 ...] [--without SAFEGUARD] [--story]
 *
 * Exit code 0; 1 when anything that must hold does not: then the story of it, made as small as it gets.
 */
import { simulateCommand } from 'saga-kit/simulation'
import { shop } from './shop.ts'

process.exitCode = await simulateCommand(shop, process.argv.slice(2))
