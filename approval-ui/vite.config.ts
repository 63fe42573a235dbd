import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds a running `overcoat serve`. */
const CONTROL = process.env.OVERCOAT_CONTROL ?? 'http://127.0.0.1:8081';

export default defineConfig({
  plugins: [react()],
  build: {
    manifest: true,
    // The policy of the page has no `data:`; everything is a file of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: 'es2022',
  },
  server: { proxy: { '/api': { target: CONTROL, changeOrigin: true } } },
});
