import fc from 'fast-check'

/** Property tests draw anew at every run; with PROPERTY_SEED (a whole number) they draw the same, so that a red run is the change's doing. */
const seed = process.env.PROPERTY_SEED
if (seed) fc.configureGlobal({ seed: Number(seed) })
