import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The pages, as files that the service hands out. `npx vite` serves them while they are written, from a console that runs. */
export default defineConfig({
  root: 'web',
  plugins: [react()],
  // The licenses also tell the image's SBOM what is in the bundle.
  build: { outDir: '../dist', emptyOutDir: true, license: { fileName: '.vite/licenses.json' } },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
