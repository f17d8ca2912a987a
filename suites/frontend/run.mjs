// Runs every example against a running Gema:   node run.mjs URL TOKEN
import { apollo } from './apollo.mjs';
import { relayExample } from './relay.mjs';
import { urql } from './urql.mjs';
import { watch } from './watch.mjs';

const [url, token] = process.argv.slice(2);
if (!token) {
  console.error('usage: node run.mjs URL TOKEN');
  process.exit(2);
}
for (const [name, example] of Object.entries({ apollo, urql, relay: relayExample, watch })) {
  console.log(`${name}: ${(await example(url, token)).join(' · ')}`);
}
