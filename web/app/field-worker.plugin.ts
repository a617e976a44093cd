/** Writes the phone page's service worker at the end of the build: it has to know the names of the built files. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const SOURCE = new URL('./src/field/field-worker.js', import.meta.url);
const LOOSE = ['/field', '/theme.js', '/icon.svg', '/icon-192.png', '/manifest.webmanifest'];
const PAGE = 'src/field/FieldApp.vue';

export function fieldWorker(): Plugin {
  return {
    name: 'pianqu-field-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
      const wanted = new Set<string>();
      const follow = (name: string): void => {
        const chunk = chunks.find((one) => one.fileName === name);
        if (!chunk || wanted.has(name)) return;
        wanted.add(name);
        chunk.imports.forEach(follow);
        const css = (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss ?? new Set<string>();
        css.forEach((file) => wanted.add(file));
      };
      // What the page needs, not what the desk does: the map library is not on the phone.
      chunks.filter((one) => one.isEntry || one.facadeModuleId?.endsWith(PAGE)).forEach((one) => follow(one.fileName));
      const shell = [...LOOSE, ...[...wanted].sort().map((name) => `/${name}`)];
      const source = readFileSync(SOURCE, 'utf8');
      const release = createHash('sha256').update(shell.join('\n')).update(source).digest('hex').slice(0, 12);
      this.emitFile({
        type: 'asset',
        fileName: 'field-worker.js',
        source: source.replace('__RELEASE__', release).replace('__SHELL__', JSON.stringify(shell)),
      });
    },
  };
}
