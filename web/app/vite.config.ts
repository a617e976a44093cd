import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { fieldWorker } from './field-worker.plugin';

// The product is served by our own process under a strict Content-Security-Policy, so nothing may be
// inlined as data: script or style; MapLibre's worker is a file of its own (see src/map/engine.ts).
export default defineConfig({
  plugins: [vue(), fieldWorker()],
  base: '/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The map library changes rarely: its own file stays in the browser's cache over releases.
        manualChunks: (id: string) => (id.includes('node_modules/maplibre-gl') ? 'maplibre' : undefined),
      },
    },
  },
});
